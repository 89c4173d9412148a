import { KontorError } from '../errors.ts';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { requireHolder } from './change-cart.ts';
import * as queries from './queries.ts';

/**
 * Signing in: the guest's lines move to the customer's open cart (the guest's quantity wins where both have a line), its codes
 * too; never the guest's e-mail or addresses. The guest cart and its token are dead afterwards. Locks both carts by id.
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
    const own = current?.status === 'active' ? current : undefined;
    const guest = requireHolder(await queries.cartById(trx, input.cart), {
      caller: { customer: null },
      token: input.token,
    });
    if (guest.status !== 'active') throw new KontorError('CART_NOT_OPEN');
    const target = own && own.currency === guest.currency ? own.id : shop.newId();
    if (target !== own?.id) {
      await queries.insertCart(trx, {
        ...guest,
        id: target,
        customer: input.customer,
        token_hash: null,
        email: null,
      });
    }
    await queries.copyLines(trx, guest.id, target);
    const codes = [...new Set([...(target === own?.id ? own.codes : []), ...guest.codes])];
    await queries.updateCart(trx, target, { codes });
    await queries.updateCart(trx, guest.id, { status: 'merged', token_hash: null });
    return target;
  });
}
