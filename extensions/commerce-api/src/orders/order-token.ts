/** What opens a guest's order. Derived from SECRET and the order's id, so that a repeated checkout can show it again. */
import { inTransaction, type Queryable } from '../platform/database.ts';
import type { Env } from '../platform/env.ts';
import { keepSealed, sealedSecrets } from '../platform/sealed.ts';
import { deriveToken, tokenMatches, underEachSecret } from '../platform/secrets.ts';
import type { Shop } from '../platform/shop.ts';
import { guestOrdersAfter } from './queries.ts';

export interface HashedOrder {
  id: string;
  token_hash: string | null;
}

/** The token of an order that is placed now. */
export function newOrderToken(shop: Shop, order: string): string {
  return deriveToken(shop.env, 'order-token', order);
}

/** The token of an order that was placed some time ago; null for a customer's, and where its secret is gone. */
export async function orderToken(shop: Shop, db: Queryable, order: HashedOrder): Promise<string | null> {
  if (order.token_hash === null) return null;
  const derived = derivedToken(shop, order);
  if (derived !== null) return derived;
  const kept = (await sealedSecrets(db, shop.env, 'order-token', [order.id])).get(order.id);
  return kept !== undefined && tokenMatches(kept, order.token_hash) ? kept : null;
}

function derivedToken(shop: Shop, { id, token_hash }: HashedOrder): string | null {
  const tokens = underEachSecret(shop.env).map((env) => deriveToken(env, 'order-token', id));
  return tokens.find((token) => tokenMatches(token, token_hash)) ?? null;
}

const BATCH = 500;

/**
 * Keeps the tokens of guests' orders that do not follow from the present secret, encrypted under it. The tokens guests hold go on opening
 * their orders in any case. May run again, while the shop sells.
 * @returns how many are kept, and how many nobody can show again
 */
export async function rekeyOrderTokens(shop: Shop): Promise<{ changed: number; lost: number }> {
  let after = '00000000-0000-0000-0000-000000000000';
  const done = { changed: 0, lost: 0 };
  const keptUnder = (env: Env, orders: readonly HashedOrder[]) =>
    sealedSecrets(
      shop.db,
      env,
      'order-token',
      orders.map(({ id }) => id),
    );
  for (;;) {
    const orders = await guestOrdersAfter(shop.db, after, BATCH);
    const last = orders.at(-1);
    if (!last) return done;
    after = last.id;
    const is_kept = await keptUnder({ ...shop.env, SECRET_PREVIOUS: '' }, orders);
    const old = orders.filter(
      ({ id, token_hash }) => !is_kept.has(id) && !tokenMatches(newOrderToken(shop, id), token_hash),
    );
    const kept = await keptUnder(shop.env, old);
    const tokens = old.flatMap((order): [string, string][] => {
      const token = derivedToken(shop, order) ?? kept.get(order.id);
      return token === undefined ? [] : [[order.id, token]];
    });
    await inTransaction(shop.db, (trx) => keepSealed(trx, shop.env, 'order-token', new Map(tokens)));
    done.changed += tokens.length;
    done.lost += old.length - tokens.length;
  }
}
