import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { planProduct } from './plan-product.ts';
import type { ProductRows } from './read-shopify-csv.ts';

/** Records of one handle from CSV text; `|` parts the cells, so that fixtures stay readable. */
function productOf(text: string): ProductRows {
  const records: Record<string, string>[] = parse(text.trim(), {
    columns: true,
    delimiter: '|',
    relax_column_count: true,
    trim: true,
    quote: null,
  });
  const rows = records.map((cells, index) => ({ line: index + 2, cells }));
  return { handle: records[0]?.['Handle'] ?? '', rows };
}

function planOf(text: string, currency = 'USD') {
  const { plan, issues } = planProduct(productOf(text), { currency });
  return { plan, problems: issues.map(({ line, column, problem }) => `${line} ${column}: ${problem}`) };
}

test('a product without options has one variant without option values', () => {
  const { plan, problems } = planOf(`
    Handle|Title|Option1 Name|Option1 Value|Variant Price
    tin-cup|Tin Cup|Title|Default Title|12.50`);
  expect(plan).toMatchObject({
    name: 'Tin Cup',
    slug: 'tin-cup',
    options: [],
    status: 'published',
    kind: 'physical',
  });
  expect(plan?.variants).toMatchObject([{ sku: 'tin-cup', title: '', option_values: {}, price_minor: 1250 }]);
  expect(problems).toEqual([]);
});

test('option names and values that differ only in case are one', () => {
  const { plan } = planOf(`
    Handle|Title|Option1 Name|Option1 Value|Option2 Name|Option2 Value|Variant Price
    cap|Cap|COLOR|Red|SIZE|S|10
    cap||color|RED||M|10
    cap|||Blue||s|10`);
  expect(plan?.options).toEqual([
    { name: 'Color', values: ['Red', 'Blue'] },
    { name: 'Size', values: ['S', 'M'] },
  ]);
  expect(plan?.variants.map(({ title }) => title)).toEqual(['Red / S', 'Red / M', 'Blue / S']);
});

test('two options of the same name are told apart', () => {
  const { plan } = planOf(`
    Handle|Title|Option1 Name|Option1 Value|Option2 Name|Option2 Value|Variant Price
    cap|Cap|Size|S|SIZE|Wide|10`);
  expect(plan?.variants[0]?.option_values).toEqual({ Size: 'S', 'Size 2': 'Wide' });
});

test('an option that is renamed further down keeps its first name, with a warning', () => {
  const { plan, problems } = planOf(`
    Handle|Title|Option1 Name|Option1 Value|Variant Price
    cap|Cap|Size|S|10
    cap||Width|M|10`);
  expect(plan?.options).toEqual([{ name: 'Size', values: ['S', 'M'] }]);
  expect(problems).toEqual(['3 Option1 Name: Called Size on an earlier line; that name counts.']);
});

test('a place without a name but with values becomes an option, and a second one that says nothing is dropped', () => {
  const { plan } = planOf(`
    Handle|Title|Option1 Name|Option1 Value|Option2 Name|Option2 Value|Variant Price
    cap|Cap||S|Title|Default Title|10`);
  expect(plan?.options).toEqual([{ name: 'Option 1', values: ['S'] }]);
});

test('lines with only a picture add pictures, in the order of their position and once each', () => {
  const { plan } = planOf(`
    Handle|Title|Option1 Value|Variant Price|Image Src|Image Position|Image Alt Text
    cap|Cap|Default Title|10|https://example.com/b.jpg|2|Back
    cap||||https://example.com/a.jpg|1|
    cap||||https://example.com/b.jpg|3|Again`);
  expect(plan?.variants).toHaveLength(1);
  expect(plan?.images).toEqual([
    { url: 'https://example.com/a.jpg', alt: null, sort: 1 },
    { url: 'https://example.com/b.jpg', alt: 'Back', sort: 2 },
  ]);
});

test('a missing SKU follows from handle and options, and stays apart for values that look alike', () => {
  const { plan } = planOf(`
    Handle|Title|Option1 Name|Option1 Value|Variant SKU|Variant Price
    cap|Cap|Size|S/M||10
    cap|||S-M||10
    cap|||L|'0042|10`);
  expect(plan?.variants.map(({ sku }) => sku)).toEqual(['cap/s-m', 'cap/S-M', '0042']);
});

test('a repeated SKU and a repeated choice are refused with both lines', () => {
  const { plan, problems } = planOf(`
    Handle|Title|Option1 Name|Option1 Value|Variant SKU|Variant Price
    cap|Cap|Size|S|A1|10
    cap|||M|A1|10
    cap|||s|A2|10`);
  expect(plan?.variants.map(({ sku }) => sku)).toEqual(['A1']);
  expect(problems).toEqual([
    '3 Variant SKU: The SKU A1 stands on line 2 already.',
    '4 Option1 Value: The same choice of options stands on line 2.',
  ]);
});

test('prices are exact, and one that is no amount costs its line only', () => {
  const { plan, problems } = planOf(`
    Handle|Title|Option1 Name|Option1 Value|Variant Price|Variant Compare At Price|Cost per item
    cap|Cap|Size|S|0.07|0.10|0.05
    cap|||M|19.999|
    cap|||L|1,299.00|
    cap|||XL|-5|
    cap|||2XL||
    cap|||3XL|20|20.00`);
  expect(plan?.variants).toMatchObject([
    { price_minor: 7, compare_at_price_minor: 10, cost_minor: 5 },
    { price_minor: 2000, compare_at_price_minor: null, cost_minor: null },
  ]);
  expect(problems).toEqual([
    '3 Variant Price: "19.999" is not an amount in USD, such as 19.99.',
    '4 Variant Price: "1,299.00" is not an amount in USD, such as 19.99.',
    '5 Variant Price: "-5" is not an amount in USD, such as 19.99.',
    '6 Variant Price: The variant has no price.',
  ]);
});

test('amounts have the digits of the currency', () => {
  const csv = `
    Handle|Title|Variant Price
    cap|Cap|1200`;
  expect(planOf(csv, 'JPY').plan?.variants[0]?.price_minor).toBe(1200);
  expect(planOf(csv, 'KWD').plan?.variants[0]?.price_minor).toBe(1_200_000);
});

test('grams are grams whatever the unit for display', () => {
  const { plan, problems } = planOf(`
    Handle|Title|Option1 Value|Variant Price|Variant Grams|Variant Weight Unit
    cap|Cap|S|10|453.6|lb
    cap||M|10|heavy|kg`);
  expect(plan?.variants.map(({ weight_grams }) => weight_grams)).toEqual([454, null]);
  expect(problems).toEqual(['3 Variant Grams: "heavy" is not a weight in grams.']);
});

test('units count only where stock is tracked, and fewer than none is none', () => {
  const { plan, problems } = planOf(`
    Handle|Title|Option1 Value|Variant Price|Variant Inventory Tracker|Variant Inventory Qty|Variant Inventory Policy
    cap|Cap|S|10|shopify|7|deny
    cap||M|10||7|continue
    cap||L|10|shopify|-2|deny
    cap||XL|10|shopify|many|deny
    cap||2XL|10|shopify||deny`);
  expect(plan?.variants.map(({ quantity }) => quantity)).toEqual([7, null, 0, null, null]);
  expect(plan?.variants.map(({ track_stock }) => track_stock)).toEqual([true, false, true, true, true]);
  expect(plan?.variants.map(({ allow_backorder }) => allow_backorder)).toEqual([
    false,
    true,
    false,
    false,
    false,
  ]);
  expect(problems).toEqual([
    '4 Variant Inventory Qty: -2 units were taken as none.',
    '5 Variant Inventory Qty: "many" is not a number of units.',
  ]);
});

test.each([
  ['true', '', 'published'],
  ['', '', 'published'],
  ['false', '', 'draft'],
  ['false', 'active', 'draft'],
  ['true', 'draft', 'draft'],
  ['true', 'ARCHIVED', 'archived'],
  ['true', 'unlisted', 'published'],
])('published %j with status %j is %s', (published, status, expected) => {
  const { plan } = planOf(`
    Handle|Title|Variant Price|Published|Status
    cap|Cap|10|${published}|${status}`);
  expect(plan?.status).toBe(expected);
});

test('gift cards and things that are not shipped are kinds of their own', () => {
  const kindOf = (gift: string, shipped: string) =>
    planOf(`
      Handle|Title|Variant Price|Gift Card|Variant Requires Shipping|Variant Taxable
      cap|Cap|10|${gift}|${shipped}|false`).plan;
  expect(kindOf('true', 'false')).toMatchObject({ kind: 'gift_card', untaxed: true });
  expect(kindOf('false', 'false')?.kind).toBe('digital');
  expect(kindOf('', '')?.kind).toBe('physical');
});

test('vendor, type and tags become a brand, a category and tags that are there once', () => {
  const { plan } = planOf(`
    Handle|Title|Variant Price|Vendor|Type|Tags
    cap|Cap|10|Über & Söhne|Hats|wool, Wool,  new ,,***`);
  expect(plan).toMatchObject({
    brand: { slug: 'uber-sohne', name: 'Über & Söhne' },
    category: { slug: 'hats', name: 'Hats' },
    tags: [
      { slug: 'wool', name: 'Wool' },
      { slug: 'new', name: 'new' },
    ],
  });
});

test('descriptions lose what could run and keep what is text', () => {
  const { plan } = planOf(`
    Handle|Title|Variant Price|Body (HTML)
    cap|Cap|10|<meta charset="utf-8"><p onclick="steal()">Warm <b>wool</b></p><script>steal()</script><iframe src="//x"></iframe><a href="javascript:steal()">more</a>`);
  expect(plan?.description).toBe('<p>Warm <b>wool</b></p><a>more</a>');
});

test('a handle that is no address is made one', () => {
  const { plan } = planOf(`
    Handle|Title|Variant Price
    Blue Cap / 50%|Cap|10`);
  expect(plan?.slug).toBe('blue-cap-50');
});

test('a picture that is not at an http address is refused', () => {
  const { plan, problems } = planOf(`
    Handle|Title|Variant Price|Image Src|Variant Image
    cap|Cap|10|javascript:alert(1)|ftp://example.com/a.jpg`);
  expect(plan?.images).toEqual([]);
  expect(problems).toEqual([
    '2 Variant Image: "ftp://example.com/a.jpg" is not the http address of a picture.',
    '2 Image Src: "javascript:alert(1)" is not the http address of a picture.',
  ]);
});

test('names that are too long are cut with a warning, and lost letters are noticed', () => {
  const { plan, problems } = planOf(`
    Handle|Title|Variant Price
    cap|${'\uFFFD'.repeat(300)}|10`);
  expect(plan?.name).toHaveLength(255);
  expect(problems).toEqual([
    '2 Title: Longer than 255 characters; cut off.',
    '2 Title: The file is not UTF-8; letters were lost.',
  ]);
});

test.each([
  ['Handle|Title|Variant Price\n|Cap|10', 'The line names no product.'],
  ['Handle|Title|Variant Price\ncap||10', 'The product has no title.'],
  ['Handle|Title|Variant Price\ncap|Cap|', 'No line of the product can be sold, so it was left out.'],
])('%j gives no product', (text, reason) => {
  const { plan, problems } = planOf(text);
  expect(plan).toBeNull();
  expect(problems.at(-1)).toContain(reason);
});
