/** What is kept for the search is at every moment what would be made anew. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drainListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import { indexProducts, tidyIndex } from '../../extensions/commerce-api/src/search/index-products.ts';
import { blockOf, readEntries, tierOf } from '../../extensions/commerce-api/src/search/posting-key.ts';
import { dice } from '../support/listed-catalogue.ts';
import { searchDesk } from '../support/search-desk.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

const WORDS =
  'red green blue steel wooden running shoe boot table lamp wi-fi 17inch café the of with for'.split(' ');

let fresh: FreshShop;
beforeAll(async () => {
  fresh = await freshShop();
});
afterAll(() => fresh.stop());

const roll = dice(7);
const text = (words: number) => Array.from({ length: words }, () => WORDS[roll(WORDS.length)]).join(' ');

/** The index by what it means, keys aside. Terms and words nothing has any more may stay. */
async function indexed() {
  const { db } = fresh;
  const terms = await db('commerce.search_terms as t')
    .join('commerce.search_languages as l', 'l.id', 't.language')
    .select('t.id', 't.term', 't.documents', 'l.code')
    .where('t.documents', '>', 0);
  const termOf = new Map(terms.map(({ id, code, term }) => [id, `${code}:${term}`]));
  const codes = new Map((await db('commerce.search_languages')).map(({ id, code }) => [id, code]));
  const documents = await db('commerce.search_documents');
  const productOf = new Map(
    documents.map(({ id, product, language }) => [id, `${product} ${codes.get(language)}`]),
  );
  const name = (key: number) => termOf.get(key) ?? `${key}`;
  const words = await db('commerce.search_words as w')
    .join('commerce.search_terms as t', 't.id', 'w.term')
    .select('w.word', 'w.magnitude', 't.documents');
  return {
    languages: Object.fromEntries(
      (await db('commerce.search_languages')).map(({ code, documents: count }) => [code, count]),
    ),
    terms: Object.fromEntries(terms.map(({ id, documents: count }) => [name(id), count])),
    magnitudes: words.every(
      ({ magnitude, documents: count }) => magnitude === (count < 1 ? 0 : Math.floor(Math.log2(count))),
    ),
    documents: Object.fromEntries(
      documents.map(({ id, prior, entries }) => [
        productOf.get(id),
        {
          prior,
          impacts: Object.fromEntries([...readEntries(entries)].map(([key, impact]) => [name(key), impact])),
        },
      ]),
    ),
    postings: (await db('commerce.search_postings'))
      .flatMap((row) =>
        row.documents.map((id: number) => {
          expect(row.block).toBe(blockOf(id));
          return `${name(row.term)} ${row.tier} ${productOf.get(id)}`;
        }),
      )
      .sort(),
  };
}

async function rebuild(): Promise<void> {
  const { db } = fresh;
  await db.raw(
    'truncate commerce.search_documents, commerce.search_postings, commerce.search_terms, commerce.search_words',
  );
  await db('commerce.search_languages').update({ documents: 0 });
  const products = (await db('products').select('id')).map(({ id }) => id);
  await db.transaction((trx) => indexProducts(trx, products));
}

test('after any changes the index is what a rebuild makes', async () => {
  const { shop, db } = fresh;
  const { add } = searchDesk(shop);
  for (let index = 0; index < 30; index += 1)
    await add({
      name: text(1 + roll(5)),
      description: text(roll(12)),
      brand: `Brand ${roll(3)}`,
      categories: [`Room ${roll(3)}`],
      tags: roll(2) === 0 ? [`tag ${roll(3)}`] : [],
      options: roll(2) === 0 ? { Colour: text(1) } : {},
      track_stock: roll(4) === 0,
      ...(roll(3) === 0 && {
        translations: { de: { name: text(3), ...(roll(2) === 0 && { description: text(5) }) } },
      }),
    });
  await drainListings(shop);
  const ids = (await db('products').select('id').orderBy('slug')).map(({ id }) => id);
  for (let round = 0; round < 40; round += 1) {
    const id = ids[roll(ids.length)];
    const change = [
      () =>
        db('products')
          .update({ name: text(3) })
          .where({ id }),
      () =>
        db('products')
          .update({ description: text(8) })
          .where({ id }),
      () =>
        db('products')
          .update({ status: roll(2) === 0 ? 'draft' : 'published' })
          .where({ id }),
      () =>
        db('product_variants')
          .update({ track_stock: roll(2) === 0 })
          .where({ product: id }),
      () =>
        db('product_variants')
          .update({ price_minor: 100 + roll(900) })
          .where({ product: id }),
      () =>
        db('brands')
          .update({ name: `Brand ${text(1)}` })
          .where({ name: `Brand ${roll(3)}` }),
      () =>
        db('products_translations')
          .update({ name: text(2) })
          .where({ product: id }),
      () => db('products_translations').delete().where({ product: id }),
      () =>
        db('categories')
          .update({ status: roll(2) === 0 ? 'archived' : 'published' })
          .where({ name: `Room ${roll(3)}` }),
    ][roll(9)];
    await change?.();
    if (roll(3) === 0) await drainListings(shop);
  }
  await drainListings(shop);
  const kept = await indexed();
  await rebuild();
  const made = await indexed();
  expect(kept).toEqual(made);
  expect(kept.magnitudes).toBe(true);
  expect(kept.postings.length).toBeGreaterThan(300);
});

test('a new form of a common word was taken for rare: it is as common as the word', async () => {
  const { add } = searchDesk(fresh.shop);
  for (let index = 0; index < 5; index += 1) await add(`Sprocket ${index}`);
  await drainListings(fresh.shop);
  await add('Box of sprockets');
  await drainListings(fresh.shop);
  const words = await fresh.db('commerce.search_words').whereLike('word', 'sprocket%').orderBy('word');
  expect(words).toMatchObject([
    { word: 'sprocket', magnitude: 2 },
    { word: 'sprockets', magnitude: 2 },
  ]);
});

test('the number of documents of a term is that of its postings', async () => {
  const { rows } = await fresh.db.raw(
    `select t.term, t.documents, coalesce(sum(cardinality(p.documents)), 0)::int as listed from commerce.search_terms t
     left join commerce.search_postings p on p.term = t.id group by t.id having t.documents <> coalesce(sum(cardinality(p.documents)), 0)`,
  );
  expect(rows).toEqual([]);
});

test('an index that was put in order says what it did, to who searched before, too, and takes changes as before', async () => {
  const { db, shop } = fresh;
  const { add, names } = searchDesk(shop);
  for (let index = 0; index < 9; index += 1) await add(`Gasket ${index} ${text(3)}`);
  await drainListings(shop);
  const kept = await indexed();
  const found = await names('gasket');
  expect(found).toHaveLength(9);

  // Not to the last: small rows fill what larger ones left of the pages before.
  const order = async () => {
    await db.raw('analyze commerce.search_postings');
    const { rows } = await db.raw(
      `select correlation from pg_stats where tablename = 'search_postings' and attname = 'term'`,
    );
    return rows[0].correlation;
  };
  expect(await order()).toBeLessThan(0.9);
  await db.transaction(tidyIndex);
  expect(await order()).toBeGreaterThan(0.99);
  expect(await indexed()).toEqual(kept);
  expect(await names('gasket')).toEqual(found);

  await add('Gasket of cork');
  await drainListings(shop);
  await db.transaction(tidyIndex);
  expect(await names('gasket cork')).toEqual(['Gasket of cork']);
});

test('a change of a price writes nothing to the index', async () => {
  const { db, shop } = fresh;
  const written = async () =>
    (await db.raw(`select sum(xmin::text::bigint) as xmins from commerce.search_documents`)).rows[0].xmins;
  const before = await written();
  await db('product_variants').update({ price_minor: 4321 });
  await drainListings(shop);
  expect(await written()).toBe(before);
});

test('a document stands in the tier its impact and its product say', () => {
  expect([tierOf(127, 100), tierOf(1, 100), tierOf(127, 300), tierOf(64, 50)]).toEqual([0, 15, 0, 11]);
});
