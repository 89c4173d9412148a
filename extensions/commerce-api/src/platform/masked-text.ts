/**
 * The last gate before a log: what must not stand in one is masked in whatever is written, by whom it may be. Errors of a database
 * repeat whole statements with what was bound to them, so that looking only at fields with a name would not do.
 */

const EMAIL = /[\w.+%-]+@(?=(?:[\w-]+\.)+[a-z]{2,})/gi;
const JWT = /eyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g;
const BEARER = /\b(bearer|basic|metrics) +[\w.~+/=-]{6,}/gi;
const CREDENTIALS_IN_URL = /(:\/\/)[^\s/:@"']*:[^\s/@"']+@/g;
const PRIVATE_NAME =
  '(?:x-)?(?:access|refresh|cart|order|reset|invite|id)?[-_]?token|authorization|cookie|set-cookie|password|otp|secret|client_secret';
const IN_QUERY = new RegExp(`([?&](?:${PRIVATE_NAME})=)[^&\\s"'\\\\]+`, 'gi');
const IN_JSON = new RegExp(
  `((?:\\\\?")(?:${PRIVATE_NAME})(?:\\\\?"): ?\\\\?")(?!--redacted--)[^"\\\\]+`,
  'gi',
);

const MASK = '***';
/** Shorter ones would mask words of the language. */
const SHORTEST_SECRET = 8;

/** Names of variables whose value nobody may read in a log. */
const SECRET_NAME = /(SECRET|PASSWORD|TOKEN|_KEY|_HASH|_WEBHOOK_ID)$/;
const PUBLIC_NAME = /PUBLISHABLE/;

/** The secrets an environment holds, lists taken apart. */
export function secretsOf(env: Record<string, string | undefined>): string[] {
  return Object.entries(env)
    .filter(([name]) => SECRET_NAME.test(name) && !PUBLIC_NAME.test(name))
    .flatMap(([, value = '']) => value.replace(/^string:/, '').split(','))
    .map((value) => value.trim())
    .filter((value) => value.length >= SHORTEST_SECRET);
}

/** @returns what masks the secrets, tokens of any kind, and all of an e-mail address but its domain */
export function textMasker(secrets: readonly string[]): (text: string) => string {
  return (text) => {
    let masked = text;
    for (const secret of secrets) if (masked.includes(secret)) masked = masked.replaceAll(secret, MASK);
    if (masked.includes('://')) masked = masked.replace(CREDENTIALS_IN_URL, `$1${MASK}@`);
    if (masked.includes('@')) masked = masked.replace(EMAIL, `${MASK}@`);
    return masked
      .replace(JWT, MASK)
      .replace(BEARER, `$1 ${MASK}`)
      .replace(IN_QUERY, `$1${MASK}`)
      .replace(IN_JSON, `$1${MASK}`);
  };
}

const MASKED = Symbol.for('kontor.masked');

/** Puts the masker before a stream of this process; once, however often the bundle is loaded. */
export function maskStream(
  stream: NodeJS.WriteStream & { [MASKED]?: true },
  mask: (text: string) => string,
): void {
  if (stream[MASKED]) return;
  stream[MASKED] = true;
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = ((chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === 'string' ? mask(chunk) : chunk, ...rest)) as typeof stream.write;
}
