/** Values no well-meaning client sends, and ways to break values it would; and text that stands for what the shop under test holds. */
import fc, { type Arbitrary } from 'fast-check';

/** A token that JSON has no value for, or not this one: written as it stands. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Stands for something that is there when a request is sent: `~variant.3~` for one of the variants. Written the same everywhere. The
 * first of a kind is whoever asks's own, where they have one.
 */
export function placeholder(kind: string): Arbitrary<string> {
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
      { weight: 1, arbitrary: fc.nat({ max: 29 }) },
    )
    .map((index) => `~${kind}.${index}~`);
}

/** One of the shop's, or an id that is nobody's. */
export function idOf(kind: string): Arbitrary<string> {
  return fc.oneof({ weight: 9, arbitrary: placeholder(kind) }, { weight: 1, arbitrary: fc.uuid() });
}

const NASTY_TEXTS = [
  '', ' ', '\0', 'a\0b', '\ud800', 'x\udfff', '\u202eabc', '\ufeff', '%00', '%', '%ff', "'", '"', '\\', "' or '1'='1", '$1', '?', '??',
  ':name', '{{', '${x}', '../../etc/passwd', '<script>alert(1)</script>', 'null', 'undefined', 'NaN', 'true', '-1', '1e309', '0x10',
  '__proto__', 'constructor', 'toString', '$NOW', '$NOW(-1 day)', '$NOW(x)', '$CURRENT_USER', '$CURRENT_USER.role.name', '[object Object]',
  '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-fffffffffffg', '2024-02-30', '9999999-01-01T00:00:00Z', '0000-00-00',
  '-infinity', 'a@b', 'a@b.c\r\nBcc: d@e.f', 'javascript:alert(1)', 'https://', 'İ', '👩‍👩‍👧', 'a,b,,c', '(', '[', '*', '**', '.', '..', '-', '+',
]; // prettier-ignore

const NASTY_NUMBERS = [
  0, -0, -1, 0.1, 1.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, -(2 ** 53), 1e21, 1e308, 5e-324, Number.MAX_SAFE_INTEGER,
]; // prettier-ignore

const NASTY_TOKENS = [
  '1e999',
  '-1e999',
  '-0',
  '9'.repeat(400),
  '0.1e-400',
  '"\\ud83d"',
  '[[[[[[[[{}]]]]]]]]',
];

export const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

export const nastyText: Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NASTY_TEXTS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(300, 5_000).map((length) => 'x'.repeat(length)) },
);

export const nastyValue: Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: nastyText },
  { weight: 3, arbitrary: fc.constantFrom(...NASTY_NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]]) },
  { weight: 1, arbitrary: fc.constantFrom(...NASTY_TOKENS).map((text) => new Raw(text)) },
  { weight: 1, arbitrary: fc.integer({ min: 5, max: 400 }).map(nested) },
  { weight: 1, arbitrary: fc.constantFrom(...PROTOTYPE_KEYS).map((key) => objectOf([[key, { is_admin: true }]])) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
); // prettier-ignore

function nested(depth: number): Raw {
  return new Raw(
    depth % 2 ? '['.repeat(depth) + ']'.repeat(depth) : '{"a":'.repeat(depth) + '1' + '}'.repeat(depth),
  );
}

type Tree = Record<string, unknown>;

/** An object that takes any key as its own, `__proto__` too. */
export function objectOf(entries: Iterable<[string, unknown]>): Tree {
  const object = Object.create(null) as Tree;
  for (const [key, value] of entries) object[key] = value;
  return object;
}

const CHANGES = ['replace', 'replace', 'drop', 'add', 'list', 'wrap', 'repeat'] as const;

interface Change {
  at: number;
  how: (typeof CHANGES)[number];
  key: string;
  value: unknown;
}

const change: Arbitrary<Change> = fc.record({
  at: fc.nat({ max: 40 }),
  how: fc.constantFrom(...CHANGES),
  key: fc.oneof(fc.constantFrom(...PROTOTYPE_KEYS, 'id', 'status', 'a\0b', ''), fc.string({ maxLength: 8 })),
  value: nastyValue,
});

/** A good value, one to three places of which have been broken. */
export function broken(good: Arbitrary<unknown>): Arbitrary<unknown> {
  return fc
    .tuple(good, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) => changes.reduce(changed, value));
}

function changed(value: unknown, { at, ...how }: Change): unknown {
  const places = countPlaces(value);
  return changeAt(value, at % places, how);
}

function countPlaces(value: unknown): number {
  return 1 + childrenOf(value).reduce((sum, [, inner]) => sum + countPlaces(inner), 0);
}

function childrenOf(value: unknown): [string, unknown][] {
  if (value === null || typeof value !== 'object' || value instanceof Raw) return [];
  return Object.entries(value);
}

function changeAt(value: unknown, at: number, how: Omit<Change, 'at'>): unknown {
  if (at === 0) return changedHere(value, how);
  let left = at - 1;
  const entries: [string, unknown][] = [];
  for (const [key, inner] of childrenOf(value)) {
    const places = countPlaces(inner);
    const isInside = left >= 0 && left < places;
    if (isInside && left === 0 && how.how === 'drop') {
      left = -1;
      continue;
    }
    entries.push([key, isInside ? changeAt(inner, left, how) : inner]);
    left -= places;
  }
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : objectOf(entries);
}

function changedHere(value: unknown, { how, key, value: other }: Omit<Change, 'at'>): unknown {
  const children = childrenOf(value);
  switch (how) {
    case 'add':
      if (Array.isArray(value)) return [...(value as unknown[]), other];
      return children.length > 0 ? objectOf([...children, [key, other]]) : other;
    case 'list':
      return [value, other];
    case 'wrap':
      return objectOf([[key, value]]);
    case 'repeat':
      return Array.isArray(value) && value.length > 0 ? Array<unknown>(600).fill(value[0]) : other;
    case 'drop':
    case 'replace':
      return other;
  }
}

/** As JSON, with what JSON has no value for. */
export function toJson(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const parts = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => `${JSON.stringify(key)}:${toJson(inner)}`);
    return `{${parts.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** As it stands in a path or a query, halves of surrogate pairs too, which `encodeURIComponent` refuses. */
export function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** A value of a query as `qs` reads it: `key[inner]=…`, `key[]=…`. */
export function queryParts(key: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((inner) => queryParts(`${key}[]`, inner));
  if (value !== null && typeof value === 'object' && !(value instanceof Raw)) {
    return Object.entries(value).flatMap(([inner, each]) => queryParts(`${key}[${encoded(inner)}]`, each));
  }
  return [`${key}=${encoded(value instanceof Raw ? value.text : String(value))}`];
}
