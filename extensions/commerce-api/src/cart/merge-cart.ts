import { MAX_LINES } from '../core/cart-change.ts';
import { KontorError } from '../errors.ts';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { MAX_CODES, newCart, requireHolder } from './change-cart.ts';
import * as queries from './queries.ts';

/**
 * Signing in: the guest's lines move to the customer's open cart (the guest's quantity wins where both have a line), its codes
 * and gift cards too; never the guest's e-mail, addresses or VAT id. The guest cart and its token are dead afterwards. A cart in
 * another currency than the guest's stays as it is, and the lines move to a new one. A cart holds no more lines, codes and cards
 * than any other: the customer's own stay, and of the guest's the first that fit come along. Locks both carts by id.
 * @returns the customer's cart
 * @throws KontorError NOT_FOUND when the token is not the cart's
 */
export function mergeCart(
  shop: Shop,
  input: { cart: string; token: string; customer: string },
): Promise<string> {
  return inTransaction(shop.db, async (trx) => {
    const seen = await queries.openCartOf(trx, { customer: input.customer, token_hash: null });
    for (const id of [input.cart, seen?.id].filter((each) => each !== undefined).sort())
      await queries.lockCart(trx, id);
    // It may have become an order while its lock was waited for.
    const current = seen && (await queries.cartById(trx, seen.id));
    const guest = requireHolder(await queries.cartById(trx, input.cart), {
      caller: { customer: null },
      token: input.token,
    });
    if (guest.status !== 'active') throw new KontorError('CART_NOT_OPEN');
    const own = current?.status === 'active' && current.currency === guest.currency ? current : undefined;
    const target = own ?? { ...newCart(shop, input, null, guest), locale: guest.locale };
    if (!own) await queries.insertCart(trx, { cart: target, lines: [] });
    await queries.copyLines(trx, guest.id, target.id, MAX_LINES);
    await queries.updateCart(trx, target.id, {
      codes: together(target.codes, guest.codes),
      gift_cards: together(target.gift_cards, guest.gift_cards),
    });
    await queries.updateCart(trx, guest.id, { status: 'merged', token_hash: null });
    return target.id;
  });
}

function together(own: readonly string[], guests: readonly string[]): string[] {
  return [...new Set([...own, ...guests])].slice(0, Math.max(MAX_CODES, own.length));
}
