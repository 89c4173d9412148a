/** Products that people have judged, as rows of a shop: ../shared/data/esci-us-7k and icecat-19k. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../prepare.mjs';

const DATA = join(ROOT, '..', 'shared', 'data');

export interface JudgedProduct {
  key: string;
  name: string;
  subtitle: string | null;
  brand: string | null;
  /** From the top. */
  categories: string[];
  options: Record<string, string>;
  description: string;
  barcode: string | null;
  price_minor: number;
  rating: number | null;
  rating_count: number;
}

export interface JudgedShop {
  name: string;
  products: JudgedProduct[];
  /** Query → key of a product → gain. */
  queries: Map<string, Map<string, number>>;
  /** A plain BM25 over several fields, as the README of the data has it: its nDCG@10, the fields of each product, and their weights. */
  baseline: { ndcg_10: number; weights: number[]; fields: { key: string; texts: string[] }[] };
  /** What had no field in our model. */
  note: string;
}

/** Null where the data is not there. */
export function judgedShops(): JudgedShop[] | null {
  if (!existsSync(join(DATA, 'esci-us-7k')) || !existsSync(join(DATA, 'icecat-19k'))) return null;
  return [esci(), icecat()];
}

const lines = (folder: string, file: string) =>
  readFileSync(join(DATA, folder, file), 'utf8')
    .trim()
    .split('\n')
    .slice(1);

function records(folder: string): Record<string, unknown>[] {
  const text = gunzipSync(readFileSync(join(DATA, folder, 'products.jsonl.gz'))).toString();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Lines of `query,key,judgement`; a query with a comma in it stands in quotes. */
function judgements(folder: string, gain: (judgement: string) => number): JudgedShop['queries'] {
  const queries: JudgedShop['queries'] = new Map();
  for (const line of lines(folder, 'judgements.csv')) {
    const parts = /^(?:"((?:[^"]|"")*)"|([^,]*)),([^,]*),(.*)$/.exec(line.trim());
    if (!parts) throw new Error(`not a judgement: ${line}`);
    const query = (parts[1] ?? parts[2] ?? '').replaceAll('""', '"');
    const known = queries.get(query) ?? new Map<string, number>();
    queries.set(query, known.set(parts[3] ?? '', gain(parts[4] ?? '')));
  }
  for (const [query, gains] of queries)
    if (![...gains.values()].some((each) => each > 0)) queries.delete(query);
  return queries;
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

function esci(): JudgedShop {
  const GAINS: Record<string, number> = { E: 1, S: 0.1, C: 0.01, I: 0 };
  const found = records('esci-us-7k');
  const products = found.map((record): JudgedProduct => {
    const color = text(record['color']);
    return {
      key: text(record['asin']),
      name: text(record['title']).slice(0, 255),
      subtitle: null,
      brand: text(record['brand']) || null,
      categories: record['category'] as string[],
      options: color ? { Color: color } : {},
      description: [text(record['bullet_points']), text(record['description'])].join('\n'),
      barcode: null,
      price_minor: Math.round(((record['price'] as number | null) ?? 20) * 100) || 100,
      rating: (record['rating'] as number | null) ?? null,
      rating_count: (record['rating_count'] as number | null) ?? 0,
    };
  });
  const note =
    'bullet points and description are the description, the colour is an option; names end after 255 letters';
  const fields = found.map((record) => ({
    key: text(record['asin']),
    texts: [
      ...['title', 'brand', 'color', 'bullet_points', 'description'].map((name) => text(record[name])),
      (record['category'] as string[]).join(' '),
    ],
  }));
  return {
    name: 'esci-us-7k',
    products,
    queries: judgements('esci-us-7k', (label) => GAINS[label] ?? 0),
    baseline: { ndcg_10: 0.617, weights: [3, 2, 1, 0.5, 0.3, 1], fields },
    note,
  };
}

function icecat(): JudgedShop {
  const found = records('icecat-19k');
  const products = found.map((record): JudgedProduct => {
    const attributes = Object.entries(record).filter(([name]) => name.startsWith('attr_t_'));
    return {
      key: String(record['id']),
      name: text(record['title']).slice(0, 255),
      subtitle: text(record['short_description']).slice(0, 255) || null,
      brand: text(record['supplier']) || null,
      categories: [],
      options: {},
      description: attributes.map(([, value]) => String(value)).join('\n'),
      barcode: (record['ean'] as string[])[0] ?? null,
      price_minor: Number(record['price']),
      rating: null,
      rating_count: 0,
    };
  });
  const note =
    'the short description is the subtitle (255 letters); the text attributes are the description, because products have no attributes; there are no categories';
  const fields = found.map((record) => ({
    key: String(record['id']),
    texts: [
      ...['title', 'supplier', 'short_description'].map((name) => text(record[name])),
      Object.entries(record)
        .flatMap(([name, value]) => (name.startsWith('attr_t_') ? [String(value)] : []))
        .join(' '),
    ],
  }));
  return {
    name: 'icecat-19k',
    products,
    queries: judgements('icecat-19k', Number),
    baseline: { ndcg_10: 0.753, weights: [3, 2, 1, 0.3], fields },
    note,
  };
}
