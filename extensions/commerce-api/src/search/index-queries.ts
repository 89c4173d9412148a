/** SQL that keeps the index of words. Everything is done for a batch at once; lists go over as arrays. */
import { changed, rows, type Queryable, type Transaction } from '../platform/database.ts';

/** A stop word of the dictionary has an empty stem. */
export function stemsOf(
  db: Queryable,
  dictionary: string,
  words: readonly string[],
): Promise<{ word: string; stem: string }[]> {
  return rows(
    db,
    `select word, coalesce((ts_lexize(?::regdictionary, word))[1], '') as stem from unnest(?::text[]) word`,
    [`pg_catalog.${dictionary}`, words],
  );
}

export interface SourceText {
  name: string | null;
  subtitle: string | null;
  description: string | null;
  /** Category → name. */
  categories: Record<string, string>;
}

export interface SourceRow {
  product: string;
  /** The language of the original texts. */
  original: string;
  name: string;
  subtitle: string | null;
  description: string | null;
  brand: string | null;
  vendor: string | null;
  /** With those above them; category → name. */
  categories: Record<string, string>;
  tags: string[];
  options: string[];
  /** By language. */
  translations: Record<string, SourceText>;
  in_stock: boolean;
  popularity_now: number;
  rating: number | null;
  rating_count: number;
}

/** The texts of those products that are listed. */
export function sourceTexts(trx: Queryable, products: readonly string[]): Promise<SourceRow[]> {
  return rows<SourceRow>(
    trx,
    `with recursive up as (
       select pc.product, c.id, c.parent, c.name from products_categories pc
         join categories c on c.id = pc.category and c.status = 'published' where pc.product = any(?::uuid[])
       union
       select up.product, c.id, c.parent, c.name from up join categories c on c.id = up.parent and c.status = 'published'),
     placed as (
       select up.product, json_object_agg(up.id, up.name) as names, array_agg(up.id) as ids from up group by up.product),
     listed as (
       select product, bool_or(in_stock) as in_stock, max(popularity) as popularity, max(rating) as rating,
         max(rating_count) as rating_count
       from commerce.listings where product = any(?::uuid[]) group by product)
     select p.id as product, coalesce((select search_language from shop_settings limit 1), 'en') as original,
       p.name, p.subtitle, p.description, b.name as brand, s.name as vendor,
       coalesce(placed.names, '{}') as categories,
       array(select g.name from products_tags t join tags g on g.id = t.tag where t.product = p.id order by g.name) as tags,
       array(select distinct o.value from product_variants v, json_each_text(v.option_values) o
         where v.product = p.id and v.status = 'published' and json_typeof(v.option_values) = 'object'
           and o.value is not null order by o.value) as options,
       coalesce((select json_object_agg(t.language, json_build_object('name', t.name, 'subtitle', t.subtitle,
           'description', t.description, 'categories', coalesce((select json_object_agg(ct.category, ct.name)
             from categories_translations ct where ct.language = t.language and ct.category = any(placed.ids)
               and ct.name is not null), '{}')))
         from products_translations t where t.product = p.id), '{}') as translations,
       listed.in_stock, commerce.popularity_now(listed.popularity) as popularity_now,
       listed.rating::float8 as rating, listed.rating_count
     from listed join products p on p.id = listed.product
     left join brands b on b.id = p.brand
     left join vendors s on s.id = p.vendor and s.status = 'active'
     left join placed on placed.product = p.id`,
    [products, products],
  );
}

/** The keys of languages, given to those that have none. */
export function languageKeys(
  trx: Transaction,
  codes: readonly string[],
): Promise<{ id: number; code: string }[]> {
  return rows(
    trx,
    `with wanted as (select code from unnest(?::text[]) code),
     given as (
       insert into commerce.search_languages (code) select code from wanted
         where code not in (select code from commerce.search_languages)
       on conflict do nothing returning id, code)
     select l.id, l.code from commerce.search_languages l join wanted using (code) union all select id, code from given`,
    [codes],
  );
}

export interface TermRow {
  id: number;
  language: number;
  term: string;
}

/** The keys of stems, given to those that have none. */
export function termKeys(
  trx: Transaction,
  languages: readonly number[],
  terms: readonly string[],
): Promise<TermRow[]> {
  return rows<TermRow>(
    trx,
    `with wanted as materialized (select * from unnest(?::int[], ?::text[]) w (language, term)),
     known as materialized (
       select t.id, t.language, t.term from wanted w
       join commerce.search_terms t on t.language = w.language and t.term = w.term),
     given as (
       insert into commerce.search_terms (language, term)
       select language, term from wanted where (language, term) not in (select language, term from known)
       returning id, language, term)
     select * from known union all select * from given`,
    [numbers(languages), terms],
  );
}

/** A new form of a term that is known is as common as the term already is; what this batch adds is counted afterwards. */
export async function addWords(
  trx: Transaction,
  languages: readonly number[],
  words: readonly string[],
  terms: readonly number[],
): Promise<void> {
  await changed(
    trx,
    `insert into commerce.search_words (language, word, term, magnitude)
     select w.language, w.word, w.term, coalesce(commerce.search_magnitude(t.documents), 0)
     from unnest(?::int[], ?::text[], ?::int[]) w (language, word, term) left join commerce.search_terms t on t.id = w.term
     on conflict do nothing`,
    [numbers(languages), words, numbers(terms)],
  );
}

export interface DocumentRow {
  id: number;
  product: string;
  language: number;
  prior: number;
  digest: Buffer;
  entries: Buffer;
}

export function documentsOf(trx: Queryable, products: readonly string[]): Promise<DocumentRow[]> {
  return rows<DocumentRow>(
    trx,
    `select id, product, language, prior, digest, entries from commerce.search_documents
     where product = any(?::uuid[])`,
    [products],
  );
}

export interface FreshDocument {
  product: string;
  language: number;
  prior: number;
  digest: Buffer;
  entries: Buffer;
}

const FRESH = `unnest(?::uuid[], ?::int[], ?::int[], ?::text[], ?::text[]) d (product, language, prior, digest, entries)`;

function columnsOf(documents: readonly FreshDocument[]): unknown[] {
  return [
    documents.map(({ product }) => product),
    numbers(documents.map(({ language }) => language)),
    numbers(documents.map(({ prior }) => prior)),
    documents.map(({ digest }) => digest.toString('hex')),
    documents.map(({ entries }) => entries.toString('hex')),
  ];
}

/** @returns the keys of the new documents */
export function addDocuments(
  trx: Transaction,
  documents: readonly FreshDocument[],
): Promise<{ id: number; product: string; language: number }[]> {
  return rows(
    trx,
    `insert into commerce.search_documents (product, language, prior, digest, entries)
     select product, language, prior, decode(digest, 'hex'), decode(entries, 'hex') from ${FRESH}
     returning id, product, language`,
    columnsOf(documents),
  );
}

export async function changeDocuments(trx: Transaction, documents: readonly FreshDocument[]): Promise<void> {
  await changed(
    trx,
    `update commerce.search_documents known
     set prior = d.prior, digest = decode(d.digest, 'hex'), entries = decode(d.entries, 'hex')
     from ${FRESH} where known.product = d.product and known.language = d.language`,
    columnsOf(documents),
  );
}

export async function removeDocuments(trx: Transaction, ids: readonly number[]): Promise<void> {
  await changed(trx, 'delete from commerce.search_documents where id = any(?::int[])', [numbers(ids)]);
}

/** Some documents of one row of the postings. */
export interface PostingPart {
  term: number;
  tier: number;
  block: number;
  documents: number[];
}

const PARTS = `unnest(?::int[], ?::int[], ?::int[], ?::text[]) part (term, tier, block, documents)`;

function columnsOfParts(parts: readonly PostingPart[]): unknown[] {
  return [
    numbers(parts.map(({ term }) => term)),
    numbers(parts.map(({ tier }) => tier)),
    numbers(parts.map(({ block }) => block)),
    parts.map(({ documents }) => numbers(documents)),
  ];
}

/** In the order of the key, so that neighbours in the index are written together. */
export async function addPostings(trx: Transaction, parts: readonly PostingPart[]): Promise<void> {
  await changed(
    trx,
    `insert into commerce.search_postings as known (term, tier, block, documents)
     select term, tier, block, documents::int[] from ${PARTS} order by 1, 2, 3
     on conflict (term, tier, block) do update set documents = known.documents || excluded.documents`,
    columnsOfParts(parts),
  );
}

export async function removePostings(trx: Transaction, parts: readonly PostingPart[]): Promise<void> {
  await changed(
    trx,
    `update commerce.search_postings known
     set documents = array(select id from unnest(known.documents) id where id <> all(part.documents::int[]))
     from ${PARTS} where known.term = part.term and known.tier = part.tier and known.block = part.block`,
    columnsOfParts(parts),
  );
  await changed(
    trx,
    `delete from commerce.search_postings known using ${PARTS}
     where known.term = part.term and known.tier = part.tier and known.block = part.block and known.documents = '{}'`,
    columnsOfParts(parts),
  );
}

/** Counts documents of terms up and down, and says so to the words of those that became twice as common or half. */
export async function countTerms(
  trx: Transaction,
  terms: readonly number[],
  by: readonly number[],
): Promise<void> {
  await changed(
    trx,
    `with counted as (
       update commerce.search_terms known set documents = known.documents + part.by
       from unnest(?::int[], ?::int[]) part (id, by) where known.id = part.id
       returning known.id, commerce.search_magnitude(known.documents) as magnitude,
         commerce.search_magnitude(known.documents - part.by) as before)
     update commerce.search_words word set magnitude = counted.magnitude
     from counted where counted.magnitude <> counted.before and word.term = counted.id`,
    [numbers(terms), numbers(by)],
  );
}

export async function countDocuments(
  trx: Transaction,
  languages: readonly number[],
  by: readonly number[],
): Promise<void> {
  await changed(
    trx,
    `update commerce.search_languages known set documents = known.documents + part.by
     from unnest(?::int[], ?::int[]) part (id, by) where known.id = part.id`,
    [numbers(languages), numbers(by)],
  );
}

/** Into a copy that then takes the place of the postings: searches go on meanwhile, and wait for the exchange alone. */
export async function sortPostings(trx: Transaction): Promise<void> {
  await trx.raw(`set local maintenance_work_mem = '256MB'`);
  await trx.raw(
    `create table commerce.search_postings_sorted (like commerce.search_postings including defaults) with (fillfactor = 80)`,
  );
  await trx.raw(
    `insert into commerce.search_postings_sorted select * from commerce.search_postings order by term, tier, block`,
  );
  await trx.raw(
    `alter table commerce.search_postings_sorted add constraint search_postings_sorted_pkey primary key (term, tier, block)`,
  );
  await trx.raw('drop table commerce.search_postings');
  await trx.raw('alter table commerce.search_postings_sorted rename to search_postings');
  await trx.raw('alter index commerce.search_postings_sorted_pkey rename to search_postings_pkey');
  await trx.raw('analyze commerce.search_postings');
}

/** As Postgres writes arrays: quicker than having each number quoted. */
export function numbers(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}
