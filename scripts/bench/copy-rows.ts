/** Rows in bulk: PostgreSQL's COPY, a batch at a time. */
import pg from 'pg';

export type Cell = string | number | boolean | Date | object | null;

/** What of a connection COPY needs; the types of pg leave it out. */
interface CopyConnection {
  query: (text: string) => void;
  sendCopyFromChunk: (chunk: Buffer) => void;
  endCopyFrom: () => void;
}

/** A batch for one table as pg runs it: it asks each query to submit itself, and tells it what comes back. */
class CopyIn {
  private readonly text: string;
  private readonly data: Buffer;
  private readonly settle: (error: Error | null) => void;
  private failure: Error | null = null;

  constructor(text: string, data: Buffer, settle: (error: Error | null) => void) {
    this.text = text;
    this.data = data;
    this.settle = settle;
  }

  submit(connection: unknown): void {
    (connection as CopyConnection).query(this.text);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.data);
    connection.endCopyFrom();
  }

  handleError(error: Error): void {
    this.failure = error;
    // Nothing follows a connection that was lost.
    if (!(error instanceof pg.DatabaseError)) this.settle(error);
  }

  handleCommandComplete(): void {
    // What counts is that the server is ready again.
  }

  handleReadyForQuery(): void {
    this.settle(this.failure);
  }
}

/** @throws pg.DatabaseError when a row is refused; then none of the batch is in */
export function copyRows(
  db: pg.Client,
  table: string,
  columns: readonly string[],
  rows: Cell[][],
): Promise<void> {
  if (rows.length === 0) return Promise.resolve();
  const names = columns.map((column) => `"${column}"`).join(', ');
  const data = Buffer.from(`${rows.map((row) => row.map(cellText).join('\t')).join('\n')}\n`);
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null) => (error ? reject(error) : resolve());
    db.query(new CopyIn(`copy ${table} (${names}) from stdin`, data, settle));
  });
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

export function cellText(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'boolean') return cell ? 't' : 'f';
  const text =
    typeof cell === 'string' ? cell : cell instanceof Date ? cell.toISOString() : JSON.stringify(cell);
  return text.replace(/[\\\t\n\r]/g, (sign) => ESCAPES[sign] ?? sign);
}
