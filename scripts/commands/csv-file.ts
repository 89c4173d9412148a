/** The CSV files that commands write. */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { csvLine } from '../../extensions/commerce-api/src/core/csv-line.ts';
import { SetupProblem } from '../prepare.mjs';

/**
 * A file that begins with its columns.
 * @param name what it is called where it cannot be written
 * @throws SetupProblem with the reason when it cannot
 */
export async function openCsv(path: string, columns: readonly string[], name: string): Promise<WriteStream> {
  const stream = createWriteStream(path);
  try {
    await once(stream, 'open');
  } catch (error) {
    throw new SetupProblem(`${name} cannot be written: ${(error as Error).message}`);
  }
  stream.write(csvLine(columns));
  return stream;
}

/** Ends it; what was written is in it then. */
export async function closeCsv(stream: WriteStream): Promise<void> {
  const finished = once(stream, 'close');
  stream.end();
  await finished;
}
