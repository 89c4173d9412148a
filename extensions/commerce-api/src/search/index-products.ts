/**
 * Keeps the index of words that the shop's own search looks things up in. Owns commerce.search_*: documents are products in one language,
 * terms are stems, postings say which documents have a term, best first. Listings call it for what changed, in their own transaction and
 * under their own lock, so nothing here is written by two at once.
 */
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { groupBy } from '../core/group-by.ts';
import type { Transaction } from '../platform/database.ts';
import { dictionaryOf } from './dictionaries.ts';
import {
  addDocuments,
  addWords,
  changeDocuments,
  documentsOf,
  languageKeys,
  removeDocuments,
  sortPostings,
  sourceTexts,
  termKeys,
  type DocumentRow,
  type FreshDocument,
  type SourceRow,
} from './index-queries.ts';
import { plainText } from './plain-text.ts';
import { moveDocument, noChanges, writeChanges } from './posting-changes.ts';
import { pairKey, readEntries, writeEntries } from './posting-key.ts';
import { stemmerFor } from './stems.ts';
import {
  breakTexts,
  compounds,
  weighTerms,
  type BrokenTexts,
  type ProductTexts,
  type WeighedTerms,
} from './weigh-terms.ts';

/** What is kept is of this make: another one has everything indexed anew as it is next looked at. */
const MAKE = 1;
/** Breaking texts up keeps the process busy; after so many products others get a turn. */
const AT_A_TIME = 50;

/**
 * Brings the index to what these products say now: after their listings, because what is listed in no currency is found by no word. May run
 * any number of times; what did not change is not written.
 */
export async function indexProducts(trx: Transaction, products: readonly string[]): Promise<void> {
  if (products.length === 0) return;
  const sources = await sourceTexts(trx, products);
  const weighed = await weighAll(trx, sources);
  await write(trx, weighed, await documentsOf(trx, products));
}

/**
 * Puts what one search reads beside each other: batch by batch its lists are written in pieces all over the table, and reading two hundred
 * documents of a list takes a hundred pages then. Under the lock of the listings; searches go on.
 */
export async function tidyIndex(trx: Transaction): Promise<void> {
  await sortPostings(trx);
}

interface WeighedDocument {
  product: string;
  code: string;
  prior: number;
  digest: Buffer;
  weighed: WeighedTerms;
}

async function weighAll(trx: Transaction, sources: readonly SourceRow[]): Promise<WeighedDocument[]> {
  const original = sources[0]?.original ?? '';
  const documents: WeighedDocument[] = [];
  for (let start = 0; start < sources.length; start += AT_A_TIME) {
    if (start > 0) await turn();
    const parts = sources
      .slice(start, start + AT_A_TIME)
      .flatMap(documentsOfSource)
      .map(({ texts, ...part }) => ({ ...part, broken: breakTexts(texts) }));
    for (const [code, alike] of groupBy(parts, (part) => part.code)) {
      const dictionary = dictionaryOf(code === '' ? original : code);
      const stem = await stemmerFor(trx, dictionary, wordsOf(alike.map(({ broken }) => broken)));
      for (const { product, prior, broken } of alike) {
        const weighed = weighTerms(broken, stem);
        documents.push({ product, code, prior, weighed, digest: digestOf(weighed) });
      }
    }
  }
  return documents;
}

function digestOf({ terms, pairs, words }: WeighedTerms): Buffer {
  const made = JSON.stringify([MAKE, ...[terms, pairs, words].map((each) => [...each].flat())]);
  return createHash('sha256').update(made).digest().subarray(0, 8);
}

function* wordsOf(texts: readonly BrokenTexts[]): Iterable<string> {
  for (const each of texts)
    for (const words of Object.values(each)) {
      for (const { text } of words) yield text;
      yield* compounds(words);
    }
}

/** A product in its original language, and in each it has a translation in; what is not translated is said in the original. */
export function documentsOfSource(
  source: SourceRow,
): { product: string; code: string; prior: number; texts: ProductTexts }[] {
  const prior = priorOf(source);
  const texts: ProductTexts = {
    name: source.name,
    subtitle: source.subtitle ?? '',
    brand: source.brand ?? '',
    categories: Object.values(source.categories).join(' | '),
    tags: source.tags.join(' | '),
    options: source.options.join(' | '),
    vendor: source.vendor ?? '',
    description: plainText(source.description ?? ''),
  };
  const translated = Object.entries(source.translations).map(([code, translation]) => ({
    product: source.product,
    code,
    prior,
    texts: {
      ...texts,
      name: translation.name ?? texts.name,
      subtitle: translation.subtitle ?? texts.subtitle,
      description: translation.description === null ? texts.description : plainText(translation.description),
      categories: Object.values({ ...source.categories, ...translation.categories }).join(' | '),
    },
  }));
  return [{ product: source.product, code: '', prior, texts }, ...translated];
}

/** What is in stock, sells and is liked comes a little before what says the same and is not. Per cent, 100 for what nothing is known of. */
export function priorOf(
  source: Pick<SourceRow, 'in_stock' | 'popularity_now' | 'rating' | 'rating_count'>,
): number {
  const sold = Math.min(Math.log2(1 + source.popularity_now), 6);
  // A few ratings say little: ten of 3.5 are taken to be there already.
  const liked =
    source.rating === null ? 0 : ((source.rating - 3.5) * source.rating_count) / (source.rating_count + 10);
  return Math.round(100 * (source.in_stock ? 1 : 0.85) * (1 + 0.025 * sold) * (1 + 0.03 * liked));
}

/** Writes what is different, and nothing else. */
async function write(
  trx: Transaction,
  weighed: readonly WeighedDocument[],
  known: readonly DocumentRow[],
): Promise<void> {
  if (weighed.length === 0 && known.length === 0) return;
  const languages = new Map(
    (await languageKeys(trx, [...new Set(weighed.map(({ code }) => code))])).map(({ id, code }) => [
      code,
      id,
    ]),
  );
  const gone = new Map(known.map((document) => [`${document.product} ${document.language}`, document]));
  const changes = noChanges();
  const reworded: (WeighedDocument & { language: number; before: DocumentRow | null })[] = [];
  const reweighed: FreshDocument[] = [];
  for (const document of weighed) {
    const language = languages.get(document.code) ?? 0;
    const key = `${document.product} ${language}`;
    const before = gone.get(key) ?? null;
    gone.delete(key);
    if (!before?.digest.equals(document.digest)) reworded.push({ ...document, language, before });
    else if (before.prior !== document.prior) {
      reweighed.push({ ...before, prior: document.prior });
      const impacts = readEntries(before.entries);
      moveDocument(changes, before, { impacts, prior: before.prior }, { impacts, prior: document.prior });
    }
  }
  for (const document of gone.values()) {
    moveDocument(changes, document, impactsOf(document), null);
  }
  const fresh = await withKeys(trx, reworded);
  const added = fresh.filter(({ before }) => before === null);
  const ids = added.length === 0 ? [] : await addDocuments(trx, added);
  const idOf = new Map(ids.map(({ id, product, language }) => [`${product} ${language}`, id]));
  for (const document of fresh) {
    const id = document.before?.id ?? idOf.get(`${document.product} ${document.language}`) ?? 0;
    const { language, before } = document;
    moveDocument(changes, { id, language }, before && impactsOf(before), document);
  }
  const rewritten = [...fresh.filter(({ before }) => before !== null), ...reweighed];
  if (rewritten.length > 0) await changeDocuments(trx, rewritten);
  if (gone.size > 0)
    await removeDocuments(
      trx,
      [...gone.values()].map(({ id }) => id),
    );
  await writeChanges(trx, changes);
}

function impactsOf({ prior, entries }: DocumentRow) {
  return { prior, impacts: readEntries(entries) };
}

type Keyed<Document> = Document & { impacts: Map<number, number>; entries: Buffer };

/** Gives the terms their keys, and keeps the words. */
async function withKeys<Document extends WeighedDocument & { language: number }>(
  trx: Transaction,
  documents: readonly Document[],
): Promise<Keyed<Document>[]> {
  if (documents.length === 0) return [];
  const terms = distinct(documents, ({ weighed }) => weighed.terms.keys());
  const keys = new Map<string, number>();
  for (const { id, language, term } of await termKeys(
    trx,
    terms.map(({ language }) => language),
    terms.map(({ text }) => text),
  ))
    keys.set(`${language} ${term}`, id);
  const words = distinct(documents, ({ weighed }) => weighed.words.keys());
  const termOf = new Map(
    documents.flatMap(({ language, weighed }) =>
      [...weighed.words].map(([word, term]) => [`${language} ${word}`, term]),
    ),
  );
  await addWords(
    trx,
    words.map(({ language }) => language),
    words.map(({ text }) => text),
    words.map(
      ({ language, text }) => keys.get(`${language} ${termOf.get(`${language} ${text}`) ?? ''}`) ?? 0,
    ),
  );
  return documents.map((document) => {
    const { language, weighed } = document;
    const impacts = new Map<number, number>();
    for (const [term, impact] of weighed.terms) impacts.set(keys.get(`${language} ${term}`) ?? 0, impact);
    for (const [pair, impact] of weighed.pairs) impacts.set(pairKey(language, pair), impact);
    return { ...document, impacts, entries: writeEntries(impacts) };
  });
}

/** Each text once for each language. */
function distinct<Document extends { language: number }>(
  documents: readonly Document[],
  textsOf: (document: Document) => Iterable<string>,
): { language: number; text: string }[] {
  const known = new Map<number, Set<string>>();
  for (const document of documents) {
    const texts = known.get(document.language) ?? new Set();
    known.set(document.language, texts);
    for (const text of textsOf(document)) texts.add(text);
  }
  return [...known].flatMap(([language, texts]) => [...texts].map((text) => ({ language, text })));
}
