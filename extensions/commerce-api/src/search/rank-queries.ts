/** SQL of a search: what the words are, who has them, and what is shown of who was found. Each looks at so many rows at most. */
import { prepared, row, rows, type Prepared, type Queryable } from '../platform/database.ts';
import { numbers } from './index-queries.ts';

const MOST_BEGUN = 12;
/**
 * Words that begin with so many letters are few, and sorted once read. In the order of how common they are, all that share the first three
 * letters were looked at: with a large vocabulary, thousands.
 */
const FEW_BEGIN_SO = 5;
const MOST_SIMILAR = 60;

export interface KnownTerm {
  language: number;
  term: string;
  id: number;
  documents: number;
}

export interface KnownWord {
  language: number;
  word: string;
  /** The stem's key. */
  id: number;
  documents: number;
}

export interface LookedUp {
  /** Changes of the catalogue that the index does not have yet, as listings tell them. */
  is_wide: boolean;
  is_due: boolean;
  waiting: number;
  rules_version: number;
  languages: { id: number; code: string; documents: number }[];
  terms: KnownTerm[];
  /** Words that begin as the last one does, the commonest first; none where the last one is common itself. */
  begun: KnownWord[];
  /** Products with a SKU or barcode that was typed, whole. */
  coded: string[];
  /** The place in the shop that was named; null when there is none of that name. */
  shelf: string | null;
  /** How many products are there; null when none are. */
  shelf_size: number | null;
}

export interface Lookup {
  codes: readonly string[];
  /** Language code and stem, side by side. */
  term_codes: readonly string[];
  terms: readonly string[];
  /** Empty: nothing is begun. */
  beginning: string;
  /** The stem of what is begun, beside `codes`: where so many have it, it is not looked for what begins so. Null: whoever has it. */
  endings: readonly (string | null)[];
  common: number;
  /** SKUs and barcodes. */
  article_codes: readonly string[];
  /** Slugs of a place in the shop. */
  category: string | null;
  brand: string | null;
  tag: string | null;
  currency: string;
}

const LOOK_UP = prepared(`
  with asked as materialized (
    select ?::text[] as codes, ?::text[] as term_codes, ?::text[] as terms, ?::text as beginning, ?::text[] as endings,
      ?::int as common, ?::text[] as articles,
      coalesce((select id from categories where slug = ? and status = 'published'), (select id from brands where slug = ?),
        (select id from tags where slug = ?)) as shelf, ?::text as currency)
  select (select version from commerce.search_rules) as rules_version,
    exists (select from commerce.catalog_changes where collection <> 'products') as is_wide,
    exists (select from commerce.listed_products where due_at <= now()) as is_due,
    (select count(*) from (select from commerce.catalog_changes where collection = 'products' limit 1000) queued) as waiting,
    (select coalesce(json_agg(l), '[]') from commerce.search_languages l where l.code = any((select codes from asked)::text[])) as languages,
    (select coalesce(json_agg(json_build_object('language', t.language, 'term', t.term, 'id', t.id, 'documents', t.documents)), '[]')
      from asked, unnest(asked.term_codes, asked.terms) w (code, term)
      join commerce.search_languages l on l.code = w.code
      join commerce.search_terms t on t.language = l.id and t.term = w.term and t.documents > 0) as terms,
    (select coalesce(json_agg(json_build_object('language', unfinished.language, 'word', w.word, 'id', t.id, 'documents', t.documents)), '[]')
      from (
        select l.id as language, asked.beginning from asked cross join unnest(asked.codes, asked.endings) c (code, ending)
          join commerce.search_languages l on l.code = c.code
          where length(asked.beginning) >= 3 and not exists (
            select from commerce.search_terms t where t.language = l.id and t.term = c.ending and t.documents >= asked.common)
          offset 0) unfinished
      cross join lateral (
        (select word, term from commerce.search_words known
          where length(unfinished.beginning) < ${FEW_BEGIN_SO} and known.language = unfinished.language
            and left(known.word, 3) = left(unfinished.beginning, 3) and starts_with(known.word, unfinished.beginning)
          order by known.magnitude desc limit ${MOST_BEGUN})
        union all
        (select word, term from commerce.search_words known
          where length(unfinished.beginning) >= ${FEW_BEGIN_SO} and known.language = unfinished.language
            and known.word >= unfinished.beginning collate "C" and known.word < (unfinished.beginning || chr(1114111)) collate "C"
          order by known.magnitude + 0 desc limit ${MOST_BEGUN})) w
      join commerce.search_terms t on t.id = w.term and t.documents > 0) as begun,
    array(
      select v.product::text from asked, unnest(asked.articles) article
        join product_variants v on v.status = 'published' and commerce.search_code(v.sku) collate "C" = article
      union
      select v.product::text from asked, unnest(asked.articles) article
        join product_variants v on v.status = 'published' and v.barcode is not null
          and commerce.search_code(v.barcode) collate "C" = article
      limit 100) as coded,
    (select shelf from asked) as shelf,
    (select facet.products from asked join commerce.shelf_facets facet on facet.shelf = asked.shelf
      and facet.currency = asked.currency and facet.facet = 'total' and facet.value = '') as shelf_size`);

export async function lookUp(db: Queryable, wanted: Lookup): Promise<LookedUp> {
  const { codes, term_codes, terms, beginning, endings, common } = wanted;
  const { article_codes, category, brand, tag, currency } = wanted;
  const begun = [beginning, endings, common];
  const bindings = [codes, term_codes, terms, ...begun, article_codes, category, brand, tag, currency];
  const found = await row<LookedUp>(db, LOOK_UP, bindings);
  if (!found) throw new Error('a select without from answers one row');
  return found;
}

export interface SimilarWord extends KnownWord {
  /** What it is similar to. */
  asked: string;
}

export interface AskedWord {
  language: number;
  word: string;
  /** So many letters may be wrong: 1 or 2. */
  distance: number;
  /** So many documents have what is meant, at least. */
  least: number;
}

const SIMILAR_WORDS = prepared(`
  select asked.word as asked, w.language, w.word, t.id, t.documents
  from unnest((select ?::int[]), (select ?::text[]), (select ?::int[]), (select ?::int[])) asked (language, word, distance, least)
  cross join lateral (
    select known.language, known.word, known.term from commerce.search_words known
    where length(known.word) between 4 and 24 and known.word !~ '[0-9]'
      and commerce.search_spellings(known.word, case when length(known.word) < 6 then 1 else 2 end)
        && commerce.search_spellings(asked.word, asked.distance)
      and known.language = asked.language and known.word <> asked.word
      and known.magnitude >= commerce.search_magnitude(asked.least)
      and length(known.word) between length(asked.word) - asked.distance and length(asked.word) + asked.distance
    order by similarity(known.word, asked.word) desc, known.magnitude desc limit ${MOST_SIMILAR}) w
  join commerce.search_terms t on t.id = w.term and t.documents >= asked.least`);

/** Words that may be so many letters away from those asked for, and are common enough: none is left out, except where very many are. */
export function similarWords(db: Queryable, asked: readonly AskedWord[]): Promise<SimilarWord[]> {
  return rows<SimilarWord>(db, SIMILAR_WORDS, [
    numbers(asked.map(({ language }) => language)),
    asked.map(({ word }) => word),
    numbers(asked.map(({ distance }) => distance)),
    numbers(asked.map(({ least }) => least)),
  ]);
}

/** One list of the postings, and how much of it is read. */
export interface WantedList {
  term: number;
  most: number;
  /** So much of a word where words that are neighbours give much. */
  least: number;
  /** After so many, only of documents that say more about it than a mention. */
  mentions: number;
}

/** From this tier on (posting-key.ts) a word is hardly more than mentioned, as one word of a description. */
const MENTIONED_FROM = 13;

export interface Candidates {
  /** As Postgres writes arrays. */
  products: string;
  languages: string;
  priors: string;
  /** For each product, one number for each of the terms: 0 where it has it not. */
  hits: string;
}

/**
 * One number for each key: `position` finds its bytes, and behind them is the impact; where it finds nothing, the zeros every document
 * begins with are read. Written out for each key: looping over them in SQL takes longer than looking. The documents are read in one scan of
 * their index, which goes through a list in its order: looking up one after another costs half as much again.
 */
function scored(keys: number): string {
  const hits = Array.from({ length: keys }, (_, index) => {
    const key = `(select keys[${index + 1}] from asked)`;
    return `get_byte(d.entries, position(${key} in d.entries) + 4)`;
  });
  return `
    select coalesce(array_agg(d.product)::text, '{}') as products, coalesce(array_agg(d.language)::text, '{}') as languages,
      coalesce(array_agg(d.prior)::text, '{}') as priors, coalesce(array_agg(d.hits)::text, '{}') as hits
    from (
      select d.product, d.language, d.prior, array[${hits.join(', ')}] as hits
      from commerce.search_documents d where d.id = any((select array_agg(document) from found)::int[])) d`;
}

const ASKED = `asked as materialized (
    select array(select decode(key, 'hex') from unnest((select ?::text[])) with ordinality k (key, n) order by n) as keys)`;

/** The best of each list: so much of each is read as is asked for, less what is said here. */
const bestOf = (less: string) => `select best.document
    from unnest((select ?::int[]), (select ?::int[]), (select ?::int[]), (select ?::int[])) list (term, most, least, mentions)
    cross join lateral (select list.most - ${less} as most) wanted
    cross join lateral (
      select document from (
        select document, tier, row_number() over () as n from (
          select unnest(part.documents) as document, part.tier from (
            select documents, tier from commerce.search_postings where term = list.term
            order by tier, block limit wanted.most) part
          limit wanted.most) listed) numbered
      where tier < ${MENTIONED_FROM} or n <= list.mentions) best`;

/**
 * Where the words are neighbours in many names, those are the best: of what has the rarest of the words little more is read then, three less
 * for each. Each document is a page read at random, which is what a search of a large shop spends its time on.
 */
const BEST = {
  of_words: `best as (${bestOf('0')})`,
  of_words_and_pairs: `neighbours as materialized (${bestOf('0')}),
    best as (select document from neighbours union
      ${bestOf('least(list.most - list.least, 3 * (select count(*) from neighbours))')})`,
};

const FOUND = {
  anywhere: 'select document from best',
  /** Most of what is best is not on the shelf. */
  on_shelf: `select best.document from (select distinct document from best) best
    cross join lateral (select product from commerce.search_documents where id = best.document offset 0) d
    where exists (select from commerce.shelf_entries e where e.product = d.product and e.currency = ? and e.shelf = ?::uuid)`,
};

const WHOLE_SHELF = `found as (select d.id as document from commerce.shelf_entries e
    join commerce.search_documents d on d.product = e.product and d.language = any(?::int[])
    where e.currency = ? and e.shelf = ?::uuid)`;

const statements = new Map<string, Prepared>();

/** @param found a part of a `with`, the last of whose queries is called found */
async function read(
  db: Queryable,
  found: string,
  keys: readonly string[],
  bindings: readonly unknown[],
): Promise<Candidates> {
  const name = `${keys.length} ${found}`;
  const statement = statements.get(name) ?? prepared(`with ${ASKED}, ${found} ${scored(keys.length)}`);
  statements.set(name, statement);
  return (
    (await row<Candidates>(db, statement, [keys, ...bindings])) ?? {
      products: '{}',
      languages: '{}',
      priors: '{}',
      hits: '{}',
    }
  );
}

export interface Shelf {
  shelf: string;
  currency: string;
}

/** What is read to find candidates. */
export interface WantedLists {
  words: readonly WantedList[];
  /** Of words that are neighbours: where these give much, less is read of the others. */
  pairs: readonly WantedList[];
}

/** The best of some lists, on a shelf or anywhere, and how much of each of the keys (as `keyBytes` writes them) is in them. */
export function candidates(
  db: Queryable,
  { words, pairs }: WantedLists,
  keys: readonly string[],
  shelf: Shelf | null,
): Promise<Candidates> {
  const best = pairs.length > 0 ? BEST.of_words_and_pairs : BEST.of_words;
  const lists = pairs.length > 0 ? [pairs, words] : [words];
  const columns = lists.flatMap((list) => [
    numbers(list.map(({ term }) => term)),
    numbers(list.map(({ most }) => most)),
    numbers(list.map(({ least }) => least)),
    numbers(list.map(({ mentions }) => mentions)),
  ]);
  const found = shelf ? FOUND.on_shelf : FOUND.anywhere;
  return read(db, `${best}, found as (${found})`, keys, [
    ...columns,
    ...(shelf ? [shelf.currency, shelf.shelf] : []),
  ]);
}

/** Everything on a small shelf. */
export function shelfCandidates(
  db: Queryable,
  languages: readonly number[],
  keys: readonly string[],
  { shelf, currency }: Shelf,
): Promise<Candidates> {
  return read(db, WHOLE_SHELF, keys, [numbers(languages), currency, shelf]);
}
