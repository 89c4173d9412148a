/** What is wrong with an answer, whatever was asked. */
import { ERRORS } from '../../extensions/commerce-api/src/errors.ts';
import type { FuzzAnswer } from './fuzz-client.ts';
import type { FuzzRequest } from './fuzz-request.ts';

const OWN = /^\/(store|staff|webhooks|docs)(\/|\?|$)/i;

/** Directus' middleware stands in front of our routes and refuses what never reaches them. */
const IN_FRONT = ['ROUTE_NOT_FOUND', 'INVALID_CREDENTIALS', 'TOKEN_EXPIRED'];

/** What no answer tells: statements, where the sources are, who failed. Whatever of it a request says itself may come back. */
const INTERNALS: RegExp[] = [
  /\b(select|insert|update|delete)\b[^"']{0,200}\b(from|into|set|where)\b "/i,
  /\bat \S+ \(?(file|node|\/)/,
  /node_modules|\/dist\/|\.[jt]s:\d+|node:internal/,
  /\/(work|tmp|var|home|root|usr)\//,
  /\b(relation|column|table|function|operator|schema) "?[\w.]+"? (does not exist|of relation)/,
  /violates|duplicate key|syntax error at or near|invalid input syntax|pg_|knex|ECONNREFUSED|\bundefined\b.*\bproperties\b|Cannot read propert/i,
];

export function problemOf(
  request: FuzzRequest,
  answer: FuzzAnswer,
  secrets: readonly string[],
): string | null {
  const { status, headers, text } = answer;
  // Node itself, before there is a request.
  if (status === 431) return null;
  if (status === 0) return `no answer: ${text}`;
  if (status === 503 && headers['retry-after'] !== undefined) return null;
  if (status >= 500) return `answered ${status}`;
  if (status < 400)
    return text.includes('"INTERNAL_SERVER_ERROR"') ? 'answered an internal error in disguise' : null;
  const isSilent = request.method === 'HEAD' || text === '';
  if (OWN.test(request.target) && !isSilent) {
    const wrong = wrongForm(answer);
    if (wrong) return wrong;
  }
  if (status >= 400 && isSilent && request.method !== 'HEAD') return `answered ${status} without a word`;
  const told = leakOf(request, text, secrets);
  return told === null ? null : `tells internals: ${told}`;
}

function wrongForm({ status, text }: FuzzAnswer): string | null {
  let errors: { message?: unknown; extensions?: { code?: unknown } }[] | undefined;
  try {
    ({ errors } = JSON.parse(text) as { errors?: typeof errors });
  } catch {
    return `answered ${status} in no format of ours`;
  }
  const first = Array.isArray(errors) ? errors[0] : undefined;
  const code = first?.extensions?.code;
  if (typeof first?.message !== 'string' || typeof code !== 'string')
    return `answered ${status} without a code`;
  if (IN_FRONT.includes(code)) return null;
  const entry = Object.hasOwn(ERRORS, code) ? ERRORS[code as keyof typeof ERRORS] : undefined;
  if (!entry) return `answered the unknown code ${code}`;
  return entry.status === status ? null : `answered ${code} with ${status}`;
}

function leakOf(request: FuzzRequest, text: string, secrets: readonly string[]): string | null {
  const asked = `${request.target} ${decoded(request.target)} ${String(request.body)} ${Object.values(request.headers).join(' ')}`;
  for (const pattern of INTERNALS) {
    const found = pattern.exec(text)?.[0];
    if (found !== undefined && !asked.includes(found)) return found.slice(0, 120);
  }
  return secrets.find((name) => text.includes(name) && !asked.includes(name)) ?? null;
}

function decoded(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
