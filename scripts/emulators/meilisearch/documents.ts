/** What is in documents: values by path, as filters, facets and sorts see them, and words by attribute. */
export type Document = Record<string, unknown>;

/** Everything at a path; a field of objects in a list counts for each of them. Undefined where there is no such field. */
export function valuesAt(document: unknown, path: string): unknown[] | undefined {
  if (Array.isArray(document)) {
    const found = document.flatMap((each) => valuesAt(each, path) ?? []);
    return found.length > 0 ? found : undefined;
  }
  if (typeof document !== 'object' || document === null) return undefined;
  for (const [name, value] of Object.entries(document as Document)) {
    if (name === path) return Array.isArray(value) ? flat(value) : [value];
    if (path.startsWith(`${name}.`)) {
      const found = valuesAt(value, path.slice(name.length + 1));
      if (found) return found;
    }
  }
  return undefined;
}

/** Strings are compared without regard to case, to the form of letters and to blanks at the ends. */
export function normalized(text: string): string {
  return text.trim().normalize('NFKD').toLowerCase();
}

/** A value as a facet: numbers and texts are kept apart, true and false are texts, everything else is no facet. */
export function facetOf(value: unknown): number | string | undefined {
  if (typeof value === 'number' || typeof value === 'string') return value;
  return typeof value === 'boolean' ? String(value) : undefined;
}

export type Token = { word: string; start: number; end: number };

/** Words as they are compared: without case and accents. */
export function tokens(text: string): Token[] {
  return [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map(({ 0: raw, index }) => ({
    word: plainWord(raw),
    start: index,
    end: index + raw.length,
  }));
}

export function plainWord(raw: string): string {
  return raw.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

const kept = new WeakMap<Document, Map<string, string[]>>();

/** The words of an attribute, one after the other. A document never changes; it is replaced. */
export function wordsOf(document: Document, attribute: string): string[] {
  const known = kept.get(document) ?? new Map<string, string[]>();
  kept.set(document, known);
  let words = known.get(attribute);
  if (!words) {
    words = (valuesAt(document, attribute) ?? []).flatMap((value) =>
      typeof value === 'string' || typeof value === 'number'
        ? tokens(String(value)).map(({ word }) => word)
        : [],
    );
    known.set(attribute, words);
  }
  return words;
}

function flat(list: readonly unknown[]): unknown[] {
  return list.flatMap((each) => (Array.isArray(each) ? flat(each) : [each]));
}
