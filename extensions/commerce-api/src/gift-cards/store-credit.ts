/** Store credit: what the shop owes a customer, one account per currency. */
import { KontorError } from '../errors.ts';
import { brokenConstraint, inTransaction, type Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { requireBalance } from './change-gift-card.ts';
import * as queries from './store-credit-queries.ts';
import type { StoreCredit } from './store-credit-queries.ts';

/**
 * Grants credit, or takes it back, for a reason. Opens the account with the first grant.
 * @throws KontorError NOT_FOUND for an unknown customer, BALANCE_TOO_SMALL
 */
export async function changeStoreCredit(
  shop: Shop,
  customer: string,
  change: { delta_minor: number; currency: string; note: string },
  actor: string | null,
): Promise<StoreCredit[]> {
  const { delta_minor, currency, note } = change;
  try {
    await inTransaction(shop.db, async (trx) => {
      const account = await queries.lockStoreCredit(trx, customer, currency);
      requireBalance(account.balance_minor, delta_minor);
      await queries.insertCreditMovement(trx, {
        store_credit: account.id,
        delta_minor,
        reason: delta_minor > 0 ? 'granted' : 'adjusted',
        actor,
        note,
      });
    });
  } catch (error) {
    if (brokenConstraint(error)?.endsWith('_foreign')) throw new KontorError('NOT_FOUND', {}, error);
    throw error;
  }
  return queries.storeCreditsOf(shop.db, customer);
}

/** A customer's accounts with what happened on them. */
export function storeCreditsOf(shop: Shop, customer: string): Promise<StoreCredit[]> {
  return queries.storeCreditsOf(shop.db, customer);
}

/** The account that takes a refund, opened where there is none, and locked. @returns its id */
export async function accountFor(trx: Transaction, customer: string, currency: string): Promise<string> {
  return (await queries.lockStoreCredit(trx, customer, currency)).id;
}
