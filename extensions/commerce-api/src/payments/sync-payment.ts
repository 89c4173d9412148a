/** The one way news of a payment gets in: ask the provider for the truth, then book it. Webhooks, the return page and clocks call this. */
import { isPayable } from '../core/order-payment.ts';
import { KontorError } from '../errors.ts';
import { orderById } from '../orders/queries.ts';
import type { Shop } from '../platform/shop.ts';
import type { PaymentProvider, ProviderPayment } from '../providers/payment.ts';
import { bookUnlessMoved, differs } from './book-payment.ts';
import { answerOf, formerProviderOf } from './provider-of.ts';
import { latestPayment, paymentById, unsettledPayments, type PaymentRow } from './queries.ts';

const MAX_ROUNDS = 5;

export interface SyncOptions {
  /** The provider's id from a webhook that outran our own write of it. */
  hint?: string | null;
  /** Look a payment up whose start was never answered: money may have moved all the same. */
  search?: boolean;
}

/**
 * Brings a payment to what its provider says now, and takes money the shopper has agreed to where the provider waits for the shop.
 * May run twice and at the same time. When our row moved while the provider was asked, the answer may be the older one, so it is
 * asked again.
 * @returns the payment after it
 * @throws KontorError PROVIDER_FAILED, PROVIDER_UNAVAILABLE when the provider does not answer
 */
export async function syncPayment(
  shop: Shop,
  id: string,
  { hint = null, search = false }: SyncOptions = {},
): Promise<PaymentRow> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const seen = await paymentById(shop.db, id);
    if (!seen) throw new KontorError('NOT_FOUND');
    // Our own tenders have no provider that could say more than we know.
    if (seen.gift_card !== null || seen.store_credit !== null) return seen;
    const provider = formerProviderOf(shop, seen.provider);
    if (!provider || provider.is_manual) return seen;
    const truth = await truthOf(shop, provider, seen, { hint, search });
    if (!truth) return seen;
    const booked = await bookUnlessMoved(shop, seen, truth);
    if (booked) return booked;
  }
  throw new Error(`payment ${id} moved ${MAX_ROUNDS} times while its provider was asked`);
}

/** Null when the provider knows nothing of it, or what it was asked about is not this payment. */
async function truthOf(
  shop: Shop,
  provider: PaymentProvider,
  seen: PaymentRow,
  { hint, search }: Required<SyncOptions>,
): Promise<ProviderPayment | null> {
  const reference = seen.provider_payment ?? hint;
  const known = reference === null ? null : await answerOf(provider.fetch(reference));
  const truth = known ?? (search && !reference ? await searchedFor(provider, seen) : null);
  // The hint came from outside: only the provider can say that it belongs to this payment.
  if (!truth || truth.payment !== seen.id) return null;
  if (truth.status !== 'approved' || provider.proceed === null || !(await mayTake(shop, seen, truth)))
    return truth;
  const { provider_payment, amount_minor, currency } = truth;
  const { id: payment, attempt } = seen;
  return answerOf(provider.proceed({ provider_payment, payment, attempt, amount_minor, currency }));
}

async function searchedFor(provider: PaymentProvider, seen: PaymentRow): Promise<ProviderPayment | null> {
  if (seen.started_at === null) return null;
  return answerOf(provider.find({ payment: seen.id, attempt: seen.attempt, since: seen.started_at }));
}

/** Money is taken only for what is still to be paid, and only as much as was asked for. */
async function mayTake(shop: Shop, seen: PaymentRow, truth: ProviderPayment): Promise<boolean> {
  if (seen.status === 'cancelled' || differs(seen, truth)) return false;
  const order = await orderById(shop.db, seen.order);
  return order !== undefined && isPayable(order);
}

/** The same for the payment an order was last to be paid with. @throws KontorError NOT_FOUND when it has none */
export async function syncLatestPayment(shop: Shop, order: string): Promise<PaymentRow> {
  const payment = await latestPayment(shop.db, order);
  if (!payment) throw new KontorError('NOT_FOUND');
  return syncPayment(shop, payment.id, { search: true });
}

/** How long after its payment an order is still compared with its provider: shoppers may dispute for months, most do so within these. */
const RECENT_DAYS = 60;

/**
 * The clock's job: asks again about payments of which nothing was heard for a while, and once a day about those of the last weeks. A
 * lost webhook must not lose an order, a refund or a dispute.
 */
export async function syncUnsettledPayments(shop: Shop): Promise<void> {
  const due = { older_than_minutes: 10, recent_days: RECENT_DAYS, limit: 200 };
  for (const id of await unsettledPayments(shop.db, due)) {
    await syncPayment(shop, id, { search: true }).catch((error: unknown) => {
      shop.log.warn({ payment: id, err: error }, 'A payment could not be compared with its provider');
    });
  }
}
