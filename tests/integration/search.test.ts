import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listProducts } from '../../extensions/commerce-api/src/catalog/list-products.ts';
import {
  ListProductsQuery,
  type ListMeta,
  type ProductCard,
} from '../../extensions/commerce-api/src/catalog/shapes.ts';
import { ALL_PRODUCTS } from '../../extensions/commerce-api/src/listings/all-products.ts';
import { drainListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import { LIMITS } from '../../extensions/commerce-api/src/search/find-candidates.ts';
import type { SuggestInput } from '../../extensions/commerce-api/src/search/shapes.ts';
import { suggestProducts } from '../../extensions/commerce-api/src/search/suggest-products.ts';
import { searchDesk, type SearchDesk } from '../support/search-desk.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { countStatements } from '../support/statements.ts';

let fresh: FreshShop;
let desk: SearchDesk;

beforeAll(async () => {
  fresh = await freshShop();
  desk = searchDesk(fresh.shop);
  await desk.add({
    name: 'Running Shoes',
    brand: 'Acme',
    categories: ['Footwear'],
    tags: ['sport'],
    price_minor: 9000,
  });
  await desk.add({
    name: 'Leather Boots',
    description: '<p>Good <b>shoes</b> for rain &amp; snow</p>',
    categories: ['Footwear'],
  });
  await desk.add({ name: 'Shoe Polish', brand: 'Borealis', categories: ['Care'], price_minor: 500 });
  await desk.add({ name: 'Crème brûlée torch', sku: '006R-90321', barcode: '0095205603217' });
  await desk.add({ name: 'Wi-Fi Router 6E', options: { Colour: 'Anthracite' } });
  await desk.add({ name: 'Laptop 17inch', description: 'A computer.' });
  await desk.add({ name: 'Screen 17 inch curved' });
  await desk.add({ name: 'Three-seat sofa' });
  await desk.add({ name: 'Green couch' });
  await desk.add({ name: 'The Who: Live at Leeds' });
  await desk.add({ name: 'Secret shoes', status: 'draft' });
  await desk.add({ name: 'Coffee maker deluxe' });
  await desk.add({ name: 'Moka percolator' });
  for (let index = 0; index < 12; index += 1) await desk.add(`Wireless headphones model ${index}`);
});
afterAll(() => fresh.stop());

describe('words', () => {
  test('are found in another form of theirs, names before descriptions', async () => {
    const found = await desk.names('shoe');
    expect(found.slice(0, 2).sort()).toEqual(['Running Shoes', 'Shoe Polish']);
    expect(found.slice(2)).toEqual(['Leather Boots']);
    expect(await desk.names('run')).toEqual(['Running Shoes']);
  });

  test('are found in brand, category, tag, option and subtitle', async () => {
    await desk.add({ name: 'Plain thing', subtitle: 'Hydrophobic' });
    expect(await desk.names('acme')).toEqual(['Running Shoes']);
    expect((await desk.names('footwear')).sort()).toEqual(['Leather Boots', 'Running Shoes']);
    expect(await desk.names('sport')).toEqual(['Running Shoes']);
    expect(await desk.names('anthracite')).toEqual(['Wi-Fi Router 6E']);
    expect(await desk.names('hydrophobic')).toEqual(['Plain thing']);
  });

  test('are found whatever their case and accents', async () => {
    expect(await desk.names('CREME BRULEE')).toEqual(['Crème brûlée torch']);
    expect(await desk.names('crème')).toEqual(['Crème brûlée torch']);
  });

  test('are found by their beginning while the last is typed, and not once a space follows', async () => {
    expect(await desk.names('anthra')).toEqual(['Wi-Fi Router 6E']);
    expect(await desk.names('wireless headph')).toHaveLength(12);
    expect(await desk.names('anthra ')).toEqual([]);
  });

  test('with and without a hyphen, in one or two, are the same', async () => {
    for (const q of ['wi-fi', 'wifi', 'wi fi', 'WiFi router'])
      expect((await desk.names(q))[0], q).toBe('Wi-Fi Router 6E');
    for (const q of ['17inch', '17 inch'])
      expect((await desk.names(q)).sort(), q).toEqual(['Laptop 17inch', 'Screen 17 inch curved']);
  });

  test('that everything has rank nothing, and are found where they are all there is', async () => {
    expect(await desk.names('the who')).toEqual(['The Who: Live at Leeds']);
    expect(await desk.names('the shoes of the')).toEqual(await desk.names('shoes'));
  });

  test('after "without" are not asked for', async () => {
    await desk.add('Goblet');
    await desk.add('Goblet with stem');
    expect((await desk.names('goblet without stem')).sort()).toEqual(['Goblet', 'Goblet with stem']);
    expect(await desk.names('without')).toEqual([]);
  });

  test('that are more of what was asked come first', async () => {
    await desk.add('Acoustic steel guitar');
    await desk.add('Acoustic panel');
    await desk.add('Steel guitar strings, acoustic');
    expect((await desk.names('acoustic steel guitar'))[0]).toBe('Acoustic steel guitar');
    expect(await desk.names('acoustic steel guitar')).toContain('Acoustic panel');
  });
});

/** Some work with a search that looks less far, so that few products are many. */
async function lookingAt<T>(limits: Partial<typeof LIMITS>, work: () => Promise<T>): Promise<T> {
  const before = { ...LIMITS };
  Object.assign(LIMITS, limits);
  try {
    return await work();
  } finally {
    Object.assign(LIMITS, before);
  }
}

describe('words that more products have than one search looks at', () => {
  const few = { from_only: 4, from_rarest: 4, from_others: 4, from_pairs: 4, further: 1 };

  test('are found where they are neighbours, whatever is better at one of them', async () => {
    for (let index = 0; index < 6; index += 1) {
      await desk.add(`Copper kettle ${index}`);
      await desk.add(`Tin whistle ${index}`);
    }
    const long = 'Hand made copper whistle with a leather strap, a case, two spare reeds and a book of songs';
    await desk.add(long);
    expect((await lookingAt(few, () => desk.names('copper whistle')))[0]).toBe(long);
  });

  test('leave room for those that mean the same', async () => {
    for (let index = 0; index < 6; index += 1) await desk.add(`Anorak ${index}`);
    await desk.add('Windcheater with a hood');
    await fresh.db('search_synonyms').insert({
      id: randomUUID(),
      active: true,
      kind: 'both_ways',
      words: JSON.stringify(['anorak', 'windcheater']),
    });
    const found = await lookingAt(few, () => desk.names('anorak'));
    await fresh.db('search_synonyms').delete();
    expect(found).toHaveLength(4);
    expect(found).toContain('Windcheater with a hood');
  });
});

describe('a list of what words find', () => {
  const list = async (page = 1) => {
    const { json } = await listProducts(
      fresh.shop,
      ListProductsQuery.parse({ q: 'headphones', limit: 2, page }),
    );
    return JSON.parse(json) as { data: ProductCard[]; meta: ListMeta };
  };
  const listIn = async (currency: string) => {
    const { json } = await listProducts(
      fresh.shop,
      ListProductsQuery.parse({ q: 'headphones', limit: 2, currency }),
    );
    return JSON.parse(json) as { data: ProductCard[]; meta: ListMeta };
  };
  const soldIn = async (currency: string, cards: readonly ProductCard[]) => {
    await fresh.db('prices').insert(
      cards.map(({ variants: [variant] }) => ({
        id: randomUUID(),
        variant: variant?.id,
        currency,
        amount_minor: 777,
        min_quantity: 1,
      })),
    );
    await drainListings(fresh.shop);
  };

  test('takes four statements, its cards and what is marked in them included', async () => {
    await list();
    const { statements, result } = await countStatements(fresh.db, () => list());
    expect(statements).toHaveLength(4);
    expect(result.data).toHaveLength(2);
    expect(result.meta).toMatchObject({ total: 12, total_is_exact: true });
    expect(Object.values(result.meta.highlights ?? {})[0]?.name).toMatch(/<mark>headphones<\/mark>/);
  });

  test('that goes on further than is looked has as many pages as there are candidates sold in the currency', async () => {
    await lookingAt({ from_only: 8, further: 1, enough: 1 }, async () => {
      const pages = await Promise.all([1, 2, 3, 4].map(list));
      expect(pages.map(({ data }) => data.length)).toEqual([2, 2, 2, 2]);
      expect(pages[0]!.meta).toMatchObject({ total: 8, total_is_exact: false });
      expect(pages.map(({ meta }) => meta.next_cursor !== null)).toEqual([true, true, true, false]);
      const last = pages[3]!.data.map(({ id }) => id);
      await soldIn('SEK', pages[3]!.data);
      const { data, meta } = await listIn('SEK');
      expect(data.map(({ id }) => id)).toEqual(last);
      expect(meta).toMatchObject({ total: 2, next_cursor: null });
    });
  });

  test('is looked for further where its pages go on: each product is on one of them', async () => {
    const all = (await Promise.all([1, 2, 3, 4, 5, 6].map(list))).flatMap(({ data }) => data);
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(12);
    await lookingAt({ from_only: 3, enough: 1 }, async () => {
      const pages: Awaited<ReturnType<typeof list>>[] = [];
      for (let page = 1; page <= 6; page += 1) pages.push(await list(page));
      expect(
        pages.flatMap(({ data }) => data.map(({ id }) => id)).sort(),
        'each once, whichever look found it',
      ).toEqual([...ids].sort());
      expect(pages.map(({ meta }) => meta.total)).toEqual([12, 12, 12, 12, 12, 12]);
      expect(pages.map(({ meta }) => meta.next_cursor !== null)).toEqual([
        true,
        true,
        true,
        true,
        true,
        false,
      ]);
    });
  });

  test('where little of the best is sold in a currency, what is sold in it is found all the same', async () => {
    const last = (await list(6)).data;
    await soldIn('NOK', last);
    await lookingAt({ from_only: 3, enough: 1 }, async () => {
      const { data, meta } = await listIn('NOK');
      expect(data.map(({ id }) => id).sort()).toEqual(last.map(({ id }) => id).sort());
      expect(meta.total).toBe(2);
    });
  });

  test('is in the currency the shop sells in by now, from the first time on', async () => {
    const [product] = (await list()).data;
    await fresh.db('prices').insert({
      id: randomUUID(),
      variant: product?.variants[0]?.id,
      currency: 'CHF',
      amount_minor: 777,
      min_quantity: 1,
    });
    await fresh.db('shop_settings').update({ currency: 'CHF' });
    try {
      const { data, meta } = await list();
      expect(data).toMatchObject([{ id: product?.id, currency: 'CHF', price_from_minor: 777 }]);
      expect(meta.total).toBe(1);
    } finally {
      await fresh.db('shop_settings').update({ currency: 'USD' });
    }
    expect((await list()).meta.total).toBe(12);
  });
});

describe('numbers of articles', () => {
  test('find the product before everything, with or without their signs', async () => {
    for (const q of ['006R-90321', '006r90321', '006R 90321', '0095205603217'])
      expect((await desk.names(q))[0], q).toBe('Crème brûlée torch');
  });

  test('are not corrected into other numbers', async () => {
    const { ids, did_you_mean } = await desk.search('006R90322');
    expect(ids).toEqual([]);
    expect(did_you_mean).toBeNull();
  });
});

describe('words typed wrong', () => {
  test('find what was meant, and say so', async () => {
    const { did_you_mean } = await desk.search('hedphones');
    expect(did_you_mean).toBe('headphones');
    expect(await desk.names('wireles hedphones')).toHaveLength(12);
    expect((await desk.search('Wireless hedphones!')).did_you_mean).toBe('Wireless headphones!');
  });

  test.each([
    ['headphnoes', 'headphones'],
    ['eadphones', 'headphones'],
    ['headphoness', 'headphones'],
    ['haedphonse', 'headphones'],
    ['hadphons', 'headphones'],
    ['wieless', 'wireless'],
    ['sfoa', 'sofa'],
    ['soffa', 'sofa'],
    ['xofa', 'sofa'],
  ])(
    'letters swapped, missing, added or wrong, two of them in a long word: %s is %s',
    async (typed, meant) => {
      expect((await desk.search(typed)).did_you_mean).toBe(meant);
    },
  );

  test('with two wrong letters in a short word are not guessed at', async () => {
    expect((await desk.search('xufa')).did_you_mean).toBeNull();
  });

  test('are not corrected where they are right', async () => {
    expect((await desk.search('headphones')).did_you_mean).toBeNull();
    expect((await desk.search('shoes')).did_you_mean).toBeNull();
  });
});

describe('the words of merchants', () => {
  const synonyms = (row: object) =>
    fresh.db('search_synonyms').insert({ id: randomUUID(), active: true, ...row });

  test('both ways: each finds the others, from the next search on', async () => {
    expect(await desk.names('sofa')).toEqual(['Three-seat sofa']);
    await synonyms({ kind: 'both_ways', words: JSON.stringify(['sofa', 'Couch', 'settee']) });
    expect(await desk.names('sofas')).toEqual(['Three-seat sofa', 'Green couch']);
    expect((await desk.names('settee')).sort()).toEqual(['Green couch', 'Three-seat sofa']);
    await fresh.db('search_synonyms').update({ active: false });
    expect(await desk.names('sofa')).toEqual(['Three-seat sofa']);
  });

  test('one way: what is typed finds the others, not the other way about', async () => {
    await synonyms({ kind: 'one_way', word: 'percolator', words: JSON.stringify(['coffee maker']) });
    expect((await desk.names('percolator')).sort()).toEqual(['Coffee maker deluxe', 'Moka percolator']);
    expect(await desk.names('coffee maker')).toEqual(['Coffee maker deluxe']);
    await synonyms({ kind: 'one_way', word: 'espresso machine', words: JSON.stringify(['percolator']) });
    expect(await desk.names('espresso machine')).toEqual(['Moka percolator']);
  });

  test('stop words are left out, unless nothing else was typed', async () => {
    expect(await desk.names('deluxe shoes')).toContain('Coffee maker deluxe');
    await fresh.db('search_stop_words').insert({ id: randomUUID(), word: 'Deluxe' });
    expect(await desk.names('deluxe shoes')).not.toContain('Coffee maker deluxe');
    expect(await desk.names('deluxe')).toEqual(['Coffee maker deluxe']);
    await fresh.db('search_stop_words').delete();
    expect(await desk.names('deluxe shoes')).toContain('Coffee maker deluxe');
  });

  test('of another language count there only', async () => {
    await fresh.db('languages').insert({ code: 'fr', name: 'French' });
    await synonyms({ kind: 'both_ways', words: JSON.stringify(['polish', 'router']), language: 'fr' });
    expect(await desk.names('polish')).toEqual(['Shoe Polish']);
  });

  test('tell caches, and have no product listed anew', async () => {
    const client = await fresh.pool.connect();
    const notices: string[] = [];
    client.on('notification', ({ payload = '' }) => notices.push(payload));
    await client.query('listen kontor_catalog');
    await client.query(`insert into search_stop_words (id, word) values (gen_random_uuid(), 'xyzzy')`);
    await client.query('delete from search_stop_words');
    await client.query('unlisten *');
    client.release();
    expect(notices.map((notice) => JSON.parse(notice))).toEqual([
      { collection: 'search_stop_words', action: 'insert', items: null, products: null },
      { collection: 'search_stop_words', action: 'delete', items: null, products: null },
    ]);
    await drainListings(fresh.shop);
    expect(await fresh.db('commerce.catalog_changes')).toEqual([]);
  });

  test.each([
    { kind: 'both_ways', words: '["alone"]' },
    { kind: 'one_way', words: '[]', word: 'x' },
    { kind: 'one_way', words: '["y"]', word: null },
    { kind: 'one_way', words: '["y"]', word: '  ' },
    { kind: 'sideways', words: '["x", "y"]' },
    { kind: 'both_ways', words: '["x", ""]' },
    { kind: 'both_ways', words: '{"x": "y"}' },
  ])('that say nothing are refused: %j', async (row) => {
    await expect(synonyms(row)).rejects.toMatchObject({ code: '23514' });
  });
});

describe('lists of what was found', () => {
  test('are narrowed, ordered and counted', async () => {
    const { ids, total, facets, total_is_exact } = await desk.search('shoes', {
      facets: ['brand', 'category'],
    });
    expect(ids).toHaveLength(3);
    expect({ total, total_is_exact }).toEqual({ total: 3, total_is_exact: true });
    expect(facets?.brand?.map(({ value, count }) => [value, count])).toEqual([
      ['acme', 1],
      ['borealis', 1],
    ]);
    expect(await desk.names('shoes', { filter: { category: 'footwear' } })).toEqual([
      'Running Shoes',
      'Leather Boots',
    ]);
    expect(await desk.names('shoes', { filter: { brand: ['borealis'] } })).toEqual(['Shoe Polish']);
    expect(await desk.names('shoes', { filter: { brand: ['borealis', 'acme'] } })).toHaveLength(2);
    expect(await desk.names('shoes', { filter: { tag: ['sport'] } })).toEqual(['Running Shoes']);
    expect(await desk.names('shoes', { filter: { category: 'nowhere' } })).toEqual([]);
    expect(await desk.names('shoes', { filter: { max_price: 900 } })).toEqual(['Shoe Polish']);
    expect(await desk.names('shoes', { sort: '-price' })).toEqual([
      'Running Shoes',
      'Leather Boots',
      'Shoe Polish',
    ]);
  });

  test('page through everything once', async () => {
    const pages = await Promise.all(
      [0, 5, 10].map((offset) => desk.search('headphones', { limit: 5, offset })),
    );
    const ids = pages.flatMap((page) => page.ids);
    expect(ids).toHaveLength(12);
    expect(new Set(ids).size).toBe(12);
    expect(pages.map(({ total }) => total)).toEqual([12, 12, 12]);
  });

  test('mark what was found, and nothing but marks is markup', async () => {
    await desk.add({
      name: '<img src=x onerror=alert(1)> zebra & "stripes"',
      description: `<script>alert('zebra')</script>${'Long before it. '.repeat(30)}<b>Zebras</b> <i onclick="x()">run</i> &lt;script&gt;`,
    });
    const { ids, highlights } = await desk.search('zebra');
    expect(highlights[ids[0] ?? '']).toEqual({
      name: '&lt;img src=x onerror=alert(1)&gt; <mark>zebra</mark> &amp; &quot;stripes&quot;',
      description: expect.stringMatching(/^… .*<mark>Zebras<\/mark> run &lt;script&gt;$/),
    });
    const shoes = await desk.search('shoe');
    expect(Object.values(shoes.highlights).map(({ name }) => name)).toContain('Running <mark>Shoes</mark>');
  });
});

describe('hostile queries', () => {
  test.each([
    `' or 1=1 --`,
    `"unbalanced & | ! <-> :* (`,
    '%_\\',
    '🦄🦄🦄',
    '!!! ??? ...',
    'a'.repeat(200),
    'ab '.repeat(66),
    'ﷺ ﷽ Ǆ ß İ ı',
    '電腦 コンピュータ',
    '1'.repeat(200),
    '-5 -x +y "z"',
    'e\u0301\u0301\u0301 \u202e',
    'shoes\u200bshoes',
  ])('%j is answered', async (q) => {
    const { ids } = await desk.search(q);
    expect(ids.length).toBeLessThan(20);
  });
});

describe('the index follows the catalogue', () => {
  test('a draft is never found, and is once it is published, until it is one again', async () => {
    expect(await desk.names('secret')).toEqual([]);
    await fresh.db('products').update({ status: 'published' }).where({ name: 'Secret shoes' });
    expect(await desk.names('secret')).toEqual(['Secret shoes']);
    await fresh.db('products').update({ status: 'draft' }).where({ name: 'Secret shoes' });
    expect(await desk.names('secret')).toEqual([]);
  });

  test('a renamed product is found under its new name at once, and not under the old', async () => {
    const id = await desk.add('Bassoon');
    expect(await desk.names('bassoon')).toEqual(['Bassoon']);
    await fresh.db('products').update({ name: 'Contrabass' }).where({ id });
    expect(await desk.names('contrabass')).toEqual(['Contrabass']);
    expect(await desk.names('bassoon ')).toEqual([]);
    await fresh.db('product_variants').delete().where({ product: id });
    await fresh.db('products').delete().where({ id });
    expect(await desk.names('contrabass')).toEqual([]);
  });

  test('a renamed brand is found at once', async () => {
    await fresh.db('brands').update({ name: 'Zenith' }).where({ name: 'Acme' });
    expect(await desk.names('zenith')).toEqual(['Running Shoes']);
    expect(await desk.names('acme')).toEqual([]);
    await fresh.db('brands').update({ name: 'Acme' }).where({ name: 'Zenith' });
  });

  test('a vendor is found by name while it sells', async () => {
    const vendor = randomUUID();
    await fresh
      .db('vendors')
      .insert({ id: vendor, name: 'Quixotic Goods', slug: 'quixotic', status: 'active' });
    await fresh.db('products').update({ vendor }).where({ name: 'Shoe Polish' });
    expect(await desk.names('quixotic')).toEqual(['Shoe Polish']);
    await fresh.db('vendors').update({ status: 'suspended' }).where({ id: vendor });
    expect(await desk.names('quixotic')).toEqual([]);
  });

  test('what is out of stock comes after what says the same and is not', async () => {
    await desk.add({ name: 'Ukulele', track_stock: true });
    const there = await desk.add({ name: 'Ukulele' });
    const { ids } = await desk.search('ukulele');
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(there);
  });
});

describe('languages', () => {
  beforeAll(async () => {
    await desk.add({ name: 'Wooden house', translations: { de: { name: 'Hölzernes Haus' } } });
    await desk.add({ name: 'Tree house', translations: { de: { name: 'Baumhäuser' } } });
  });

  test('are each searched with their own stems', async () => {
    expect(await desk.names('hauses', { locale: 'de-AT' })).toEqual(['Wooden house']);
    expect(await desk.names('baumhaus', { locale: 'de' })).toEqual(['Tree house']);
    expect(await desk.names('Hölzern', { locale: 'de' })).toEqual(['Wooden house']);
    expect(await desk.names('hauses')).toEqual([]);
  });

  test('a shopper of another language finds what is not translated by its original text', async () => {
    expect((await desk.names('sofa', { locale: 'de' }))[0]).toBe('Three-seat sofa');
    const { ids, highlights } = await desk.search('haus', { locale: 'de' });
    expect(highlights[ids[0] ?? '']?.name).toContain('<mark>Haus</mark>');
  });

  test('the language of the catalogue is a setting, and another one has it indexed anew', async () => {
    await desk.add('Bücherregale aus Eiche');
    expect((await desk.search('bücherregal ')).did_you_mean).toBe('bucherregale');
    await fresh.db('shop_settings').update({ search_language: 'de' });
    await drainListings(fresh.shop);
    expect((await desk.search('bücherregal ')).did_you_mean).toBeNull();
    expect(await desk.names('bücherregal ')).toEqual(['Bücherregale aus Eiche']);
    await fresh.db('shop_settings').update({ search_language: 'en' });
    await drainListings(fresh.shop);
    expect(await desk.names('polishing ')).toEqual(['Shoe Polish']);
  });

  test('written without spaces are found by a part', async () => {
    await desk.add('笔记本电脑支架');
    await desk.add('电脑');
    expect((await desk.names('电脑')).sort()).toEqual(['电脑', '笔记本电脑支架']);
    expect(await desk.names('笔记本')).toEqual(['笔记本电脑支架']);
  });
});

describe('suggestions', () => {
  const suggest = async (input: SuggestInput) => (await suggestProducts(fresh.shop, input)).suggestions;

  test('are products, queries, categories and brands', async () => {
    const found = await suggest({ q: 'wireless head', limit: 3 });
    expect(found.queries).toEqual(['wireless headphones']);
    expect(found.products).toHaveLength(3);
    expect(found.products[0]).toMatchObject({
      slug: expect.any(String),
      price_from_minor: 1000,
      currency: 'USD',
      name_html: expect.stringMatching(/^<mark>Wireless<\/mark> <mark>headphones<\/mark> model/),
    });
    const places = await suggest({ q: 'foo', limit: 3 });
    expect(places.categories).toEqual([{ slug: 'footwear', name: 'Footwear' }]);
    expect((await suggest({ q: 'Bor', limit: 3 })).brands).toEqual([{ slug: 'borealis', name: 'Borealis' }]);
  });

  test('know what is for sale only, and show letters as letters', async () => {
    expect((await suggest({ q: 'secret', limit: 6 })).products).toEqual([]);
    expect((await suggest({ q: 'shoe', currency: 'EUR', limit: 6 })).products).toEqual([]);
    expect(await suggest({ q: '%', limit: 6 })).toMatchObject({
      products: [],
      categories: [],
      brands: [],
    });
    const [zebra] = (await suggest({ q: 'zeb', limit: 6 })).products;
    expect(zebra?.name_html).toContain('&lt;img');
  });

  test('tell at once of what was renamed, or came to a place', async () => {
    const id = await desk.add({ name: 'Glockenspiel', categories: ['Percussion'] });
    expect((await suggest({ q: 'glocken', limit: 6 })).products).toMatchObject([{ id }]);
    await fresh.db('products').update({ name: 'Vibraphone' }).where({ id });
    expect((await suggest({ q: 'glocken', limit: 6 })).products).toEqual([]);
    expect(await suggest({ q: 'vibra', limit: 6 })).toMatchObject({
      queries: ['vibraphone'],
      products: [{ id, name: 'Vibraphone', name_html: '<mark>Vibraphone</mark>' }],
    });
    await fresh.db('categories').update({ name: 'Mallets' }).where({ name: 'Percussion' });
    expect((await suggest({ q: 'mal', limit: 6 })).categories).toMatchObject([{ name: 'Mallets' }]);
    await fresh.db('products').update({ status: 'draft' }).where({ id });
    expect(await suggest({ q: 'mal', limit: 6 })).toMatchObject({ products: [], categories: [] });
  });

  test('are made of kept cards, and say what they show', async () => {
    const made = await fresh.db('products').select('id').whereLike('name', 'Wireless headphones%');
    const work = () => suggestProducts(fresh.shop, { q: 'wir', limit: 1 });
    await work();
    const { statements, result } = await countStatements(fresh.db, work);
    expect(statements).toHaveLength(5);
    expect(result.suggestions.products).toHaveLength(1);
    expect(result.shown.products.toSorted()).toEqual(made.map(({ id }) => id as string).sort());
    expect(result.shown).toMatchObject({
      shelves: [ALL_PRODUCTS],
      aspects: expect.arrayContaining(['membership', 'text', 'options', 'popularity', 'stock']),
      until: null,
    });
  });
});
