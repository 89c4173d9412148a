import { expect, test } from 'vitest';
import { currencyPath, currencySource, valueAt, type Api } from './currency-source.ts';

interface Request {
  path: string;
  params: Record<string, unknown>;
}

function apiThatAnswers(answer: (request: Request) => unknown): { api: Api; requests: Request[] } {
  const requests: Request[] = [];
  const get: Api['get'] = async (path, { params }) => {
    requests.push({ path, params });
    return { data: { data: answer({ path, params }) } };
  };
  return { api: { get }, requests };
}

test('the configured path wins, then the row, then its order, then nothing', () => {
  expect(currencyPath('payment.currency', () => true)).toBe('payment.currency');
  expect(currencyPath(null, (field) => field === 'currency')).toBe('currency');
  expect(currencyPath(undefined, (field) => field === 'order')).toBe('order.currency');
  expect(currencyPath(null, () => false)).toBeNull();
});

test('a value is read along a dotted path, and a relation that is only a key has none', () => {
  expect(valueAt({ order: { currency: 'EUR' } }, 'order.currency')).toBe('EUR');
  expect(valueAt({ order: 'a-key' }, 'order.currency')).toBeUndefined();
  expect(valueAt({ order: null }, 'order.currency')).toBeUndefined();
});

test('the shop is asked once', async () => {
  const { api, requests } = apiThatAnswers(() => ({ currency: 'EUR' }));
  const source = currencySource(api);
  expect(await Promise.all([source.ofShop(), source.ofShop()])).toEqual(['EUR', 'EUR']);
  expect(requests).toHaveLength(1);
});

test('a failed question to the shop answers nothing, and the next one asks again', async () => {
  let down = true;
  const { api } = apiThatAnswers(() => {
    if (down) throw new Error('offline');
    return { currency: 'EUR' };
  });
  const source = currencySource(api);
  expect(await source.ofShop()).toBeNull();
  down = false;
  expect(await source.ofShop()).toBe('EUR');
});

test('the rows of one list are asked for together', async () => {
  const { api, requests } = apiThatAnswers(() => [
    { id: 1, order: { currency: 'EUR' } },
    { id: 2, order: { currency: 'JPY' } },
  ]);
  const source = currencySource(api);
  const found = await Promise.all(
    [1, 2, 3, 1].map((key) => source.ofRow('order_lines', 'id', key, 'order.currency')),
  );
  expect(found).toEqual(['EUR', 'JPY', null, 'EUR']);
  expect(requests).toEqual([
    {
      path: '/items/order_lines',
      params: { fields: ['id', 'order.currency'], filter: { id: { _in: [1, 2, 3] } }, limit: 3 },
    },
  ]);
});

test('a reader without access gets no currency rather than an error', async () => {
  const { api } = apiThatAnswers(() => {
    throw new Error('403');
  });
  expect(await currencySource(api).ofRow('orders', 'id', 1, 'currency')).toBeNull();
});
