/** Which currency an amount is in: its row's own, its order's, else the shop's. */

/** The part of the app's axios client that is used here. */
export interface Api {
  get: (path: string, config: { params: Record<string, unknown> }) => Promise<{ data: { data: unknown } }>;
}

type Row = Record<string, unknown>;
type Key = string | number;

/**
 * The path to the currency, seen from the row. An amount without a configured path takes the row's `currency`, or that of
 * the order the row belongs to; null means that only the shop's is left.
 */
export function currencyPath(
  configured: string | null | undefined,
  hasField: (field: string) => boolean,
): string | null {
  if (configured) return configured;
  if (hasField('currency')) return 'currency';
  return hasField('order') ? 'order.currency' : null;
}

/** The value at a dotted path, or undefined where the row does not carry it. */
export function valueAt(row: Row, path: string): unknown {
  let value: unknown = row;
  for (const field of path.split('.')) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Row)[field];
  }
  return value;
}

export interface CurrencySource {
  /** The shop's currency, asked for once; null when this user may not read it. */
  ofShop: () => Promise<string | null>;
  /** The currency of one row. Calls of the same tick become one request per collection. */
  ofRow: (collection: string, primaryKeyField: string, key: Key, path: string) => Promise<string | null>;
}

export function currencySource(api: Api): CurrencySource {
  let shop: Promise<string | null> | undefined;
  const batches = new Map<string, { keys: Set<Key>; answer: Promise<Map<string, string>> }>();

  return {
    ofShop() {
      shop ??= api
        .get('/items/shop_settings', { params: { fields: ['currency'] } })
        .then(({ data }) => text((data.data as Row | null)?.['currency']))
        .catch(() => {
          shop = undefined;
          return null;
        });
      return shop;
    },

    async ofRow(collection, primaryKeyField, key, path) {
      const name = `${collection}:${path}`;
      let batch = batches.get(name);
      if (!batch) {
        const keys = new Set<Key>();
        const answer = Promise.resolve().then(() => {
          batches.delete(name);
          return fetchBatch(api, collection, primaryKeyField, [...keys], path);
        });
        batch = { keys, answer };
        batches.set(name, batch);
      }
      batch.keys.add(key);
      return (await batch.answer).get(String(key)) ?? null;
    },
  };
}

async function fetchBatch(
  api: Api,
  collection: string,
  primaryKeyField: string,
  keys: Key[],
  path: string,
): Promise<Map<string, string>> {
  const params = {
    fields: [primaryKeyField, path],
    filter: { [primaryKeyField]: { _in: keys } },
    limit: keys.length,
  };
  try {
    const { data } = await api.get(`/items/${collection}`, { params });
    const rows = data.data as Row[];
    const found = rows.map((row) => [String(row[primaryKeyField]), text(valueAt(row, path))] as const);
    return new Map(found.filter((entry): entry is readonly [string, string] => entry[1] !== null));
  } catch {
    // A reader without access to the currency still sees the amounts, in the shop's.
    return new Map();
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
