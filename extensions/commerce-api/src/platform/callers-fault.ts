/**
 * Directus hands what Postgres refuses to its error handler as it is, which answers 500 with the statement in it. What the
 * caller can put right is told as such.
 */
import type { Request } from 'express';
import { KontorError } from '../errors.ts';

/** Our own routes have parsed what comes in: there, what Postgres refuses is a fault of ours. */
const OWN_SURFACES = /^\/(store|staff|webhooks|docs)(\/|$)/i;

/** A null character, above all. */
const UNSTORABLE_TEXT = '22021';
const CHECK_VIOLATION = '23514';
const STILL_REFERRED_TO = ['23503', '23001'];
/**
 * Statements Directus makes of questions that have no answer: no such function, operator or cast for the type of a column
 * (`aggregate[sum]` of a text), a field beside aggregates it is not grouped by, an order by what is not selected, too many levels, a sum
 * of a function of a field, which is taken for a column.
 */
const UNANSWERABLE = ['42703', '42883', '42804', '42846', '42725', '42803', '42P10', '54001'];

/**
 * Where Directus reads what a request asks for. It takes for granted that a filter is an object and a field a text: what JavaScript
 * throws there says that the request held something else. What was begun has been rolled back.
 */
const READERS =
  /@directus\/(utils|validation)\/dist\/|@directus\/api\/dist\/(utils|middleware|permissions|controllers|database\/(get-ast|run-ast|helpers)|services\/(payload|items|graphql|files|assets|authentication|tfa|users))[/.-]/;

/** The error to answer with, or null when this one is not the caller's to put right. */
export function callersFault(
  error: unknown,
  { method, path }: Pick<Request, 'method' | 'path'>,
): KontorError | null {
  if (error === null || typeof error !== 'object') return null;
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  const code_of_asking = isReading(method) ? 'INVALID_QUERY' : 'INVALID_PAYLOAD';
  // Our own routes let no such text in; but Directus looks tokens up before they are asked.
  if (isMisread(error) || code === UNSTORABLE_TEXT) return new KontorError(code_of_asking, {}, error);
  if (OWN_SURFACES.test(path)) return null;
  if (isUnwritableXml(error)) {
    const message =
      'export: what was found has names that cannot be written as XML; json, csv and yaml can be.';
    return new KontorError('INVALID_QUERY', { message, path: 'export' }, error);
  }
  if (isUnreachableUrl(error)) {
    const message = 'url: nothing could be fetched from there. Nothing was changed.';
    return new KontorError('INVALID_PAYLOAD', { message, path: 'url' }, error);
  }
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return null;
  if (code === CHECK_VIOLATION) {
    const message = `A value breaks the rule ${String(constraint)}. Nothing was changed.`;
    return new KontorError('INVALID_PAYLOAD', { message, constraint }, error);
  }
  if (STILL_REFERRED_TO.includes(code)) return new KontorError('STILL_IN_USE', { constraint }, error);
  // Class 22: values that are none of their type, out of its range, or text that cannot be stored.
  if (!code.startsWith('22') && !UNANSWERABLE.includes(code)) return null;
  return new KontorError(code_of_asking, {}, error);
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'SEARCH';
}

/** "Import from URL": Directus says that a service of its own is down. */
function isUnreachableUrl(error: object): boolean {
  const { code, extensions } = error as { code?: unknown; extensions?: { service?: unknown } };
  return code === 'SERVICE_UNAVAILABLE' && extensions?.service === 'external-file';
}

/** As the library says it that Directus writes XML with. */
function isUnwritableXml(error: object): boolean {
  return error instanceof Error && error.message.startsWith('in XML document');
}

function isMisread(error: unknown): boolean {
  const isOfJavaScript =
    error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
  return isOfJavaScript && READERS.test(thrower(error));
}

/** The first line of the stack that is Directus' or an extension's: libraries throw on behalf of whoever called them. */
function thrower({ stack = '' }: Error): string {
  const lines = stack.replace(/\\/g, '/').split('\n');
  return lines.find((line) => line.includes('/@directus/') || line.includes('/extensions/')) ?? '';
}
