import { expect, test } from 'vitest';
import { payableOf } from './payable.ts';

const card = (id: string, balance_minor: number, currency = 'EUR') => {
  return { id, last4: `..${id}`, currency, balance_minor };
};
const facts = {
  currency: 'EUR',
  gift_cards: [card('b', 500), card('a', 300), card('foreign', 900, 'USD')],
  store_credit: { id: 'credit', balance_minor: 400 },
};
const cart = (gift_cards: string[], use_store_credit = false) => ({
  currency: 'EUR',
  gift_cards,
  use_store_credit,
});

test.each<[string, number, ReturnType<typeof cart>, number[], number, number]>([
  ['nothing on the cart, nothing covered', 1000, cart([]), [], 0, 1000],
  ['cards in the order of the cart', 600, cart(['a', 'b']), [300, 300], 0, 0],
  ['in the other order', 600, cart(['b', 'a']), [500, 100], 0, 0],
  ['store credit after them', 1000, cart(['a', 'b'], true), [300, 500], 200, 0],
  ['store credit only where it is wanted', 1000, cart(['a']), [300], 0, 700],
  ['a card in another currency covers nothing', 1000, cart(['foreign', 'a']), [0, 300], 0, 700],
  ['a card that cannot pay any more is not shown', 1000, cart(['gone']), [], 0, 1000],
  ['a free cart needs none', 0, cart(['a'], true), [0], 0, 0],
])('%s', (_what, total_minor, given, covers, store_credit_minor, remaining_minor) => {
  const payable = payableOf({ total_minor }, given, facts);
  expect(payable.gift_cards.map((each) => each.covers_minor)).toEqual(covers);
  expect(payable).toMatchObject({ store_credit_minor, remaining_minor });
});

test('a guest has no credit', () => {
  const { store_credit_minor } = payableOf({ total_minor: 100 }, cart([], true), {
    ...facts,
    store_credit: null,
  });
  expect(store_credit_minor).toBe(0);
});
