/** What staff do with a card: read its ledger, correct its balance, end it or let it live again. */
import { KontorError } from '../errors.ts';
import type { Caller } from '../platform/caller.ts';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import * as queries from './queries.ts';
import type { GiftCardRow, MovementRow } from './queries.ts';

/** @throws KontorError NOT_FOUND */
export async function readGiftCard(
  shop: Shop,
  id: string,
): Promise<{ card: GiftCardRow; movements: MovementRow[] }> {
  const card = await queries.giftCardById(shop.db, id);
  if (!card) throw new KontorError('NOT_FOUND');
  return { card, movements: await queries.movementsOf(shop.db, id) };
}

/** Who changes a card, for its history in the admin app. */
export type ChangedBy = Pick<Caller, 'user' | 'ip' | 'user_agent'>;

/**
 * Disabling keeps the balance, but nobody can spend it. No money moves, so the ledger stays as it is; who did it is in the history
 * of the card. Repeating it changes nothing. @throws KontorError NOT_FOUND
 */
export async function setGiftCardStatus(
  shop: Shop,
  id: string,
  status: GiftCardRow['status'],
  by: ChangedBy,
): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    const card = await queries.lockGiftCard(trx, id);
    if (!card) throw new KontorError('NOT_FOUND');
    if (card.status === status) return;
    await queries.setStatus(trx, [id], status);
    await queries.insertHistory(trx, id, { status }, by);
  });
}

/** Adds to a balance, or takes from it, for a reason. @throws KontorError NOT_FOUND, BALANCE_TOO_SMALL */
export async function adjustGiftCard(
  shop: Shop,
  id: string,
  { delta_minor, note }: { delta_minor: number; note: string },
  actor: string | null,
): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    const card = await queries.lockGiftCard(trx, id);
    if (!card) throw new KontorError('NOT_FOUND');
    requireBalance(card.balance_minor, delta_minor);
    await queries.insertMovements(trx, [
      { gift_card: id, delta_minor, reason: 'adjusted', order: null, actor, note },
    ]);
  });
}

/** @throws KontorError BALANCE_TOO_SMALL */
export function requireBalance(balance_minor: number, delta_minor: number): void {
  if (balance_minor + delta_minor < 0)
    throw new KontorError('BALANCE_TOO_SMALL', { path: 'delta_minor', balance_minor });
}
