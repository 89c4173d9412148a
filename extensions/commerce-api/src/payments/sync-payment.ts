/** The one way news of a payment gets in: ask the provider for the truth, then book it. Webhooks, the return page and clocks call this. */
import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import { bookUnlessMoved } from './book-payment.ts';
import { answerOf, providerOf } from './provider-of.ts';
import { latestPayment, paymentById, unsettledPayments, type PaymentRow } from './queries.ts';

const MAX_ROUNDS = 5;

/**
 * Brings a payment to what its provider says now. May run twice and at the same time. When our row moved while the provider was
 * asked, the answer may be the older one, so it is asked again.
 * @param hint the provider's id from a webhook that outran our own write of it
 * @returns the payment after it
 * @throws KontorError PROVIDER_FAILED when the provider does not answer
 */
export async function syncPayment(shop: Shop, id: string, hint: string | null = null): Promise<PaymentRow> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const seen = await paymentById(shop.db, id);
    if (!seen) throw new KontorError('NOT_FOUND');
    // Our own tenders have no provider that could say more than we know.
    if (seen.gift_card !== null || seen.store_credit !== null) return seen;
    const provider = providerOf(shop, seen.provider);
    const reference = seen.provider_payment ?? hint;
    if (provider.is_manual || !reference) return seen;
    const truth = await answerOf(provider.fetch(reference));
    // The hint came from outside: only the provider can say that it belongs to this payment.
    if (!truth || truth.payment !== seen.id) return seen;
    const booked = await bookUnlessMoved(shop, seen, truth);
    if (booked) return booked;
  }
  throw new Error(`payment ${id} moved ${MAX_ROUNDS} times while its provider was asked`);
}

/** The same for the payment an order was last to be paid with. @throws KontorError NOT_FOUND when it has none */
export async function syncLatestPayment(shop: Shop, order: string): Promise<PaymentRow> {
  const payment = await latestPayment(shop.db, order);
  if (!payment) throw new KontorError('NOT_FOUND');
  return syncPayment(shop, payment.id);
}

/** Asks again about payments of which nothing was heard for a while: a lost webhook must not lose an order. */
export async function syncUnsettledPayments(shop: Shop): Promise<void> {
  for (const id of await unsettledPayments(shop.db, 10, 200)) {
    await syncPayment(shop, id).catch((error: unknown) => {
      shop.log.warn({ payment: id, err: error }, 'A payment could not be compared with its provider');
    });
  }
}
