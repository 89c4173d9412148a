/** Which encodings of a body a request takes, by RFC 9110. */

export const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const MOST_REMEMBERED = 200;
const LONGEST_REMEMBERED = 200;
const NONE: readonly Encoding[] = [];
const remembered = new Map<string, readonly Encoding[]>();

/** The compressed forms the header prefers to the plain one, best first. Browsers send few different headers: each is read once. */
export function wantedEncodings(header: string | undefined): readonly Encoding[] {
  if (header === undefined || header === '') return NONE;
  const known = remembered.get(header);
  if (known) return known;
  const wanted = readHeader(header);
  if (remembered.size < MOST_REMEMBERED && header.length <= LONGEST_REMEMBERED)
    remembered.set(header, wanted);
  return wanted;
}

function readHeader(header: string): Encoding[] {
  const weights = new Map<string, number>();
  for (const part of header.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
    if (name !== '') weights.set(name === 'x-gzip' ? 'gzip' : name, weightOf(parameters));
  }
  const weight = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  // Left out, the plain form is taken but preferred to nothing.
  const plain = weights.get('identity') ?? 0;
  return ENCODINGS.filter((name) => weight(name) > 0 && weight(name) >= plain).sort(
    (one, other) => weight(other) - weight(one),
  );
}

function weightOf(parameters: string[]): number {
  const q = parameters.find((each) => each.startsWith('q='));
  if (q === undefined) return 1;
  const text = q.slice(2).trim();
  // What is no weight is taken for "never": the plain form is always right.
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : 0;
}
