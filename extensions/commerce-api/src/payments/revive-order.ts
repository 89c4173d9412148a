/** Money that comes after its order was cancelled: the order lives again when all it needs is still there. */
import { areReleasedRedemptionsLeft, retakeRedemptions } from '../checkout/redemption-queries.ts';
import { missingMinor } from '../core/order-payment.ts';
import { isKontorError } from '../errors.ts';
import { lockReleasedTenders, retakeTenders } from '../gift-cards/tenders.ts';
import { reserveStock } from '../inventory/reserve-stock.ts';
import { linesOf, liveOrderOfCart, wasAccepted, type OrderRow } from '../orders/queries.ts';
import type { Transaction } from '../platform/database.ts';

/**
 * Why a cancelled order whose money has come cannot live again; null when it can, and then its tenders hold their part, its
 * promotions are used and its goods are promised again. Locks tenders, promotions, stock.
 */
export async function obstacleToRevival(
  trx: Transaction,
  order: OrderRow,
  captured_minor: number,
): Promise<string | null> {
  if (order.paid_minor > 0 || order.paid_at) return 'The order had been paid already, and cancelled since';
  if (await wasAccepted(trx, order.id)) return 'The order had been accepted, and cancelled since';
  if (order.cart && (await liveOrderOfCart(trx, order.cart)))
    return 'The money came after the order was cancelled, and its cart was ordered again';
  const tenders = await lockReleasedTenders(trx, order.id);
  const missing_minor = missingMinor({ ...order, paid_minor: captured_minor }, tenders.amount_minor);
  if (!tenders.is_there || missing_minor > 0)
    return 'The money came after the order was cancelled, and the rest is not there any more';
  if (!(await areReleasedRedemptionsLeft(trx, order.id)))
    return 'The money came after the order was cancelled, and its promotion is used up';
  if (!(await reserveAgain(trx, order)))
    return 'The money came after the order was cancelled, and the goods are gone';
  await retakeRedemptions(trx, order.id);
  if (tenders.amount_minor > 0) await retakeTenders(trx, order.id);
  return null;
}

/** Takes the goods again, if all of them are still there. */
async function reserveAgain(trx: Transaction, order: OrderRow): Promise<boolean> {
  const lines = await linesOf(trx, order.id);
  const requests = lines.map((line) => ({
    variant: line.variant ?? '',
    sku: line.sku,
    quantity: line.quantity,
    track_stock: line.track_stock,
    allow_backorder: false,
    parts: line.parts?.map((part) => ({ ...part, allow_backorder: false })) ?? null,
  }));
  if (requests.some((request) => request.variant === '')) return false;
  try {
    await reserveStock(trx, order.id, requests);
    return true;
  } catch (error) {
    if (isKontorError(error, 'INSUFFICIENT_STOCK')) return false;
    throw error;
  }
}
