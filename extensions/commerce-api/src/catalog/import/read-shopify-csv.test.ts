import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CsvProblem, readShopifyCsv, surveyShopifyCsv, type ProductRows } from './read-shopify-csv.ts';

const folder = mkdtempSync(join(tmpdir(), 'kontor-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
async function read(content: string): Promise<ProductRows[]> {
  files += 1;
  const path = join(folder, `${files}.csv`);
  writeFileSync(path, content);
  const survey = await surveyShopifyCsv(path);
  const products: ProductRows[] = [];
  for await (const product of readShopifyCsv(path, survey)) products.push(product);
  expect(products).toHaveLength(survey.products);
  return products;
}

test.each(['\n', '\r\n'])('lines are counted where records start, with line ends %j', async (end) => {
  const lines = ['Handle,Title,Body (HTML),Variant Price', 'a,A,"one', 'two",1', 'b,B,,2', '', 'b,,,3'];
  const products = await read(lines.join(end));
  expect(products.map(({ handle, rows }) => [handle, rows.map(({ line }) => line)])).toEqual([
    ['a', [2]],
    ['b', [4, 6]],
  ]);
  expect(products[0]?.rows[0]?.cells['Body (HTML)']).toBe(`one${end}two`);
});

test('a product that is scattered over the file comes once, when it is whole', async () => {
  const products = await read('Handle,Title,Variant Price\na,A,1\nb,B,2\na,,3\nc,C,4\na,,5\n');
  expect(products.map(({ handle, rows }) => [handle, rows.length])).toEqual([
    ['b', 1],
    ['c', 1],
    ['a', 3],
  ]);
});

test('headers match in any case and after a byte order mark, and short records are whole', async () => {
  const [product] = await read('\uFEFFhandle, TITLE ,variant price,Colour of the day\n a ,A\n');
  expect(product?.rows[0]?.cells).toEqual({ Handle: 'a', Title: 'A', 'Variant Price': '' });
});

test('characters no database takes are left out', async () => {
  const [product] = await read('Handle,Title,Variant Price\na,A\0B,1\n');
  expect(product?.rows[0]?.cells.Title).toBe('AB');
});

test.each([
  ['', 'The file is empty.'],
  ['Handle;Title;Variant Price\na;A;1\n', 'no column Handle, Title, Variant Price'],
  ['Handle,Title,Variant Price\na,"A,1\nb,B,2\n', 'The file stops being CSV'],
])('%j is refused as a whole', async (content, reason) => {
  await expect(read(content)).rejects.toThrow(reason);
  await expect(read(content)).rejects.toThrow(CsvProblem);
});

test('a file that is not there, or a folder, is said so', async () => {
  await expect(surveyShopifyCsv(join(folder, 'none.csv'))).rejects.toThrow('There is no file');
  await expect(surveyShopifyCsv(folder)).rejects.toThrow('is a folder');
});
