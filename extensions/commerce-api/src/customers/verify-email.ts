import { KontorError } from '../errors.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { useEmailToken } from './email-token.ts';
import { customerOfUser, joinGuestOrders, markEmailVerified } from './queries.ts';

/**
 * Spends a mailed token: the address is verified, the account usable, and guest orders placed under the address become
 * the customer's. Only here, since anybody can register an address and anybody can order under one.
 * Locks the orders, then the customer.
 * @throws KontorError INVALID_TOKEN for a token that is unknown, expired or used.
 */
export async function verifyEmail(shop: Shop, token: string): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    const user = await useEmailToken(trx, token, 'verify_email');
    const account = user === null ? undefined : await customerOfUser(trx, user);
    if (user === null || !account) throw new KontorError('INVALID_TOKEN');
    const orders = await joinGuestOrders(trx, account.customer, account.email);
    await markEmailVerified(trx, user);
    if (orders.length > 0) {
      await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: orders });
    }
    await enqueue(trx, 'announce', { action: 'update', collection: 'customers', keys: [account.customer] });
  });
}
