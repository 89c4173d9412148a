/**
 * Keeps the index of words that the shop's own search looks things up in. Owns commerce.search_*: documents are products in one language,
 * terms are stems, postings say which documents have a term, best first. Listings call it for what changed, in their own transaction and
 * under their own lock, so nothing here is written by two at once.
 */
import { groupBy } from '../core/group-by.ts';
import type { Transaction } from '../platform/database.ts';
import { breakWords } from './break-words.ts';
import { dictionaryOf } from './dictionaries.ts';
import {
  addDocuments,
  addPostings,
  addWords,
  changeDocuments,
  countDocuments,
  countTerms,
  documentsOf,
  languageKeys,
  originalLanguage,
  removeDocuments,
  removePostings,
  sourceTexts,
  termKeys,
  type DocumentRow,
  type FreshDocument,
  type PostingPart,
  type SourceRow,
} from './index-queries.ts';
import { plainText } from './plain-text.ts';
import { blockOf, pairKey, tierOf } from './posting-key.ts';
import { stemmerFor } from './stems.ts';
import { weighTerms, type ProductTexts, type WeighedTerms } from './weigh-terms.ts';

const DEFAULT_LANGUAGE = 'en';
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
  const known = await documentsOf(trx, products);
  const fresh = await withKeys(trx, weighed);
  await writeDifference(trx, known, fresh);
}

interface WeighedDocument {
  product: string;
  code: string;
  prior: number;
  weighed: WeighedTerms;
}

async function weighAll(trx: Transaction, sources: readonly SourceRow[]): Promise<WeighedDocument[]> {
  if (sources.length === 0) return [];
  const original = (await originalLanguage(trx))?.search_language ?? DEFAULT_LANGUAGE;
  const documents: WeighedDocument[] = [];
  for (let start = 0; start < sources.length; start += AT_A_TIME) {
    const parts = sources.slice(start, start + AT_A_TIME).flatMap(documentsOfSource);
    for (const [code, alike] of groupBy(parts, (part) => part.code)) {
      const dictionary = dictionaryOf(code === '' ? original : code);
      const stem = await stemmerFor(trx, dictionary, wordsOf(alike.map(({ texts }) => texts)));
      for (const { product, prior, texts } of alike)
        documents.push({ product, code, prior, weighed: weighTerms(texts, stem) });
    }
  }
  return documents;
}

function* wordsOf(texts: readonly ProductTexts[]): Iterable<string> {
  for (const each of texts)
    for (const text of Object.values(each) as string[]) {
      const words = breakWords(text);
      for (const [index, word] of words.entries()) {
        yield word.text;
        if (word.hyphen) yield word.text + (words[index + 1]?.text ?? '');
      }
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

/** Numbers the terms. */
async function withKeys(trx: Transaction, documents: readonly WeighedDocument[]): Promise<FreshDocument[]> {
  if (documents.length === 0) return [];
  const languages = new Map(
    (await languageKeys(trx, [...new Set(documents.map(({ code }) => code))])).map(({ id, code }) => [
      code,
      id,
    ]),
  );
  const wanted = new Map<string, Set<string>>();
  const shown = new Map<string, Map<string, string>>();
  for (const { code, weighed } of documents) {
    const terms = wanted.get(code) ?? new Set();
    wanted.set(code, terms);
    for (const term of weighed.terms.keys()) terms.add(term);
    const words = shown.get(code) ?? new Map<string, string>();
    shown.set(code, words);
    for (const [word, term] of weighed.words) words.set(word, term);
  }
  const pairs = [...wanted].flatMap(([code, terms]) =>
    [...terms].map((term) => ({ language: languages.get(code) ?? 0, term })),
  );
  const keys = new Map<number, Map<string, number>>([...languages.values()].map((id) => [id, new Map()]));
  for (const { id, language, term } of await termKeys(
    trx,
    pairs.map(({ language }) => language),
    pairs.map(({ term }) => term),
  ))
    keys.get(language)?.set(term, id);
  const keyOf = (language: number, term: string) => keys.get(language)?.get(term) ?? 0;
  const words = [...shown].flatMap(([code, each]) =>
    [...each].map(([word, term]) => {
      const language = languages.get(code) ?? 0;
      return { language, word, term: keyOf(language, term) };
    }),
  );
  await addWords(
    trx,
    words.map(({ language }) => language),
    words.map(({ word }) => word),
    words.map(({ term }) => term),
  );
  return documents.map(({ product, code, prior, weighed }) => {
    const language = languages.get(code) ?? 0;
    const impacts = new Map<number, number>();
    for (const [term, impact] of weighed.terms) impacts.set(keyOf(language, term), impact);
    for (const [pair, impact] of weighed.pairs) impacts.set(pairKey(language, pair), impact);
    const terms = [...impacts.keys()].sort((a, b) => a - b);
    return {
      product,
      language,
      prior,
      terms,
      impacts: Buffer.from(terms.map((term) => impacts.get(term) ?? 0)),
    };
  });
}

/** Writes what is different, and nothing else: most changes of a product are of its price. */
async function writeDifference(
  trx: Transaction,
  known: readonly DocumentRow[],
  fresh: readonly FreshDocument[],
): Promise<void> {
  const knownOf = new Map(known.map((document) => [`${document.product} ${document.language}`, document]));
  const added: FreshDocument[] = [];
  const rewritten: FreshDocument[] = [];
  const gone = new Map(knownOf);
  const difference = new Difference();
  for (const document of fresh) {
    const key = `${document.product} ${document.language}`;
    const before = knownOf.get(key);
    gone.delete(key);
    if (!before) added.push(document);
    else if (!isSame(before, document)) {
      rewritten.push(document);
      difference.change(before.id, entriesOf(before), document);
    }
  }
  for (const document of gone.values()) {
    difference.change(document.id, entriesOf(document), null);
    difference.countDocument(document.language, -1);
  }
  if (added.length > 0) {
    const ids = new Map(
      (await addDocuments(trx, added)).map(({ id, product, language }) => [`${product} ${language}`, id]),
    );
    for (const document of added) {
      difference.change(ids.get(`${document.product} ${document.language}`) ?? 0, null, document);
      difference.countDocument(document.language, 1);
    }
  }
  if (rewritten.length > 0) await changeDocuments(trx, rewritten);
  if (gone.size > 0)
    await removeDocuments(
      trx,
      [...gone.values()].map(({ id }) => id),
    );
  await difference.write(trx);
}

type Entries = Pick<FreshDocument, 'prior' | 'terms' | 'impacts'>;

function entriesOf({ prior, terms, impacts }: DocumentRow): Entries {
  return { prior, terms: terms === '{}' ? [] : terms.slice(1, -1).split(',').map(Number), impacts };
}

function isSame(known: DocumentRow, fresh: FreshDocument): boolean {
  return (
    known.prior === fresh.prior &&
    known.impacts.equals(fresh.impacts) &&
    known.terms === `{${fresh.terms.join(',')}}`
  );
}

/** What a batch changes, row by row of the postings and term by term. */
class Difference {
  private readonly added = new Map<string, PostingPart>();
  private readonly removed = new Map<string, PostingPart>();
  private readonly terms = new Map<number, number>();
  private readonly languages = new Map<number, number>();

  countDocument(language: number, by: number): void {
    this.languages.set(language, (this.languages.get(language) ?? 0) + by);
  }

  change(document: number, before: Entries | null, after: Entries | null): void {
    const tiers = new Map<number, number>();
    before?.terms.forEach((term, index) => tiers.set(term, tierOf(before.impacts[index] ?? 0, before.prior)));
    after?.terms.forEach((term, index) => {
      const tier = tierOf(after.impacts[index] ?? 0, after.prior);
      const was = tiers.get(term);
      tiers.delete(term);
      if (was === tier) return;
      this.put(this.added, term, tier, document);
      if (was === undefined) this.countTerm(term, 1);
      else this.put(this.removed, term, was, document);
    });
    for (const [term, tier] of tiers) {
      this.put(this.removed, term, tier, document);
      this.countTerm(term, -1);
    }
  }

  private countTerm(term: number, by: number): void {
    // Nobody asks how common a pair is.
    if (term > 0) this.terms.set(term, (this.terms.get(term) ?? 0) + by);
  }

  private put(parts: Map<string, PostingPart>, term: number, tier: number, document: number): void {
    const block = blockOf(document);
    const key = `${term} ${tier} ${block}`;
    const part = parts.get(key);
    if (part) part.documents.push(document);
    else parts.set(key, { term, tier, block, documents: [document] });
  }

  async write(trx: Transaction): Promise<void> {
    if (this.removed.size > 0) await removePostings(trx, [...this.removed.values()]);
    if (this.added.size > 0) await addPostings(trx, [...this.added.values()]);
    const terms = [...this.terms].filter(([, by]) => by !== 0);
    if (terms.length > 0)
      await countTerms(
        trx,
        terms.map(([id]) => id),
        terms.map(([, by]) => by),
      );
    const languages = [...this.languages].filter(([, by]) => by !== 0);
    if (languages.length > 0)
      await countDocuments(
        trx,
        languages.map(([id]) => id),
        languages.map(([, by]) => by),
      );
  }
}
