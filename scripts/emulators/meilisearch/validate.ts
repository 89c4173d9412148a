/** Requests are refused as Meilisearch refuses them: by name of the field that is wrong, and whole where a field is unknown. */
import type { z } from 'zod';
import { isErrorCode, MeilisearchError } from './errors.ts';

/**
 * Reads an object of a request. A wrong `field` is refused with the code `<prefix>_<field>`, where there is one.
 * @throws MeilisearchError
 */
export function parseFields<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  prefix: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys' && issue.path.length === 0) {
    const known = Object.keys(schema.shape).map((key) => `\`${key}\``);
    throw new MeilisearchError(
      'bad_request',
      `Unknown field \`${issue.keys[0]}\`: expected one of ${known.join(', ')}`,
    );
  }
  const [field] = issue?.path ?? [];
  if (typeof field !== 'string') {
    throw new MeilisearchError('malformed_payload', `Invalid value: ${issue?.message}`);
  }
  const code = `${prefix}_${field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  throw new MeilisearchError(
    isErrorCode(code) ? code : 'bad_request',
    `Invalid value at \`.${issue?.path.join('.')}\`: ${issue?.message}`,
  );
}
