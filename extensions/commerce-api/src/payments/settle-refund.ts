import { KontorError } from '../errors.ts';
import { lockOrder, type OrderRow } from '../orders/queries.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError, type PaymentProvider } from '../providers/payment.ts';
import { lockOrderAndPayment } from './book-payment.ts';
import { bookGivenBack, failRefund, succeedRefund } from './book-refund.ts';
import { flagOrder, UNCLEAR } from './flag-order.ts';
import { providerOf } from './provider-of.ts';
import { paymentById, type PaymentRow } from './queries.ts';
import {
  clearUnclearFlag,
  refundById,
  refundsOfPayment,
  updateRefund,
  type RefundRow,
} from './refund-queries.ts';
import { syncPayment } from './sync-payment.ts';

type Outcome =
  | { kind: 'asked'; provider_refund: string }
  | { kind: 'refused'; provider_refund: string | null; why: string }
  /** It may have been given back, and asking again might give it twice. */
  | { kind: 'unclear'; why: string };

/**
 * The job that gives money back. Our refund id is the provider's idempotency key, and what an earlier attempt did is looked up first,
 * because a provider forgets its keys sooner than this job gives up; so it may run twice. A definite refusal ends it as failed and
 * puts the order on the staff's list; an unclear outcome throws, so that the job is repeated, unless the provider would do it twice:
 * then staff are asked to look. A refund the provider calls pending is followed by webhooks and the clock. Locks the order and its
 * payment, but not while the provider is asked.
 */
export async function settleRefund(shop: Shop, id: string): Promise<void> {
  const asked = await refundById(shop.db, id);
  if (asked?.status !== 'pending' || asked.is_unclear) return;
  const payment = await paymentById(shop.db, asked.payment);
  if (!payment?.provider_payment)
    throw new Error(`refund ${id} belongs to a payment the provider does not know`);
  const provider = providerOf(shop, payment.provider);
  if (provider.is_manual) return await bookByHand(shop, asked, payment);
  await syncPayment(shop, payment.id);
  const refund = await refundById(shop.db, id);
  if (refund?.status !== 'pending' || refund.provider_refund !== null) return;
  const outcome = await ask(provider, refund, payment.provider_payment);
  await inTransaction(shop.db, async (trx) => {
    const order = await lockOrder(trx, refund.order);
    const current = await refundById(trx, id);
    if (order && current?.status === 'pending') await write(trx, order, current, outcome);
  });
  if (outcome.kind === 'asked') await syncPayment(shop, payment.id);
}

async function ask(provider: PaymentProvider, refund: RefundRow, provider_payment: string): Promise<Outcome> {
  const { id, amount_minor, currency } = refund;
  try {
    const made = await provider.refund({ provider_payment, refund: id, amount_minor, currency });
    const { provider_refund } = made;
    return made.status === 'failed'
      ? { kind: 'refused', provider_refund, why: 'the provider could not pay it out' }
      : { kind: 'asked', provider_refund };
  } catch (error) {
    if (!(error instanceof PaymentProviderError)) throw error;
    if (error.is_definite) return { kind: 'refused', provider_refund: null, why: error.message };
    if (!error.is_repeatable) return { kind: 'unclear', why: error.message };
    throw error;
  }
}

async function write(trx: Transaction, order: OrderRow, refund: RefundRow, outcome: Outcome): Promise<void> {
  const by = { actor_kind: 'provider' as const };
  if (outcome.kind === 'asked')
    return await updateRefund(trx, refund.id, { provider_refund: outcome.provider_refund });
  if (outcome.kind === 'refused')
    return await failRefund(trx, { ...refund, provider_refund: outcome.provider_refund }, outcome.why, by);
  await updateRefund(trx, refund.id, { is_unclear: true });
  await flagOrder(trx, order, 'refund_unclear', UNCLEAR, by);
}

/** Money that moves by hand: asking for it is giving it back. */
async function bookByHand(shop: Shop, refund: RefundRow, payment: PaymentRow): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, payment);
    const current = await refundById(trx, refund.id);
    if (!locked || current?.status !== 'pending') return;
    await succeedRefund(trx, current, `manual-${refund.id}`);
    const back = { payment: locked.payment, amount_minor: refund.amount_minor };
    await bookGivenBack(trx, locked.order, [back], { actor_kind: 'system' });
  });
}

export type UnclearOutcome = 'given_back' | 'not_given_back' | 'ask_again';

/**
 * Staff have looked at the provider whether a refund happened of which it does not tell. `ask_again` asks the provider once more, as
 * for a new refund. Locks the order and the payment. Repeating it changes nothing.
 * @throws KontorError NOT_FOUND; REFUND_NOT_UNCLEAR when the outcome is known, or was found out meanwhile
 */
export async function resolveRefund(
  shop: Shop,
  id: string,
  outcome: UnclearOutcome,
  actor: string | null,
): Promise<{ order: string }> {
  const refund = await refundById(shop.db, id);
  const payment = refund && (await paymentById(shop.db, refund.payment));
  if (!refund || !payment) throw new KontorError('NOT_FOUND');
  const by = { actor_kind: 'staff' as const, actor };
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, payment);
    const current = await refundById(trx, id);
    if (!locked || !current?.is_unclear || current.status !== 'pending')
      throw new KontorError('REFUND_NOT_UNCLEAR', { status: current?.status });
    if (outcome === 'given_back') {
      // The provider may have told of it already, without a name we know.
      const unnamed_minor = await unnamedMinor(trx, locked.payment);
      await succeedRefund(trx, current, current.provider_refund);
      const amount_minor = current.amount_minor - Math.min(unnamed_minor, current.amount_minor);
      if (amount_minor > 0)
        await bookGivenBack(trx, locked.order, [{ payment: locked.payment, amount_minor }], by);
    } else if (outcome === 'not_given_back') {
      await failRefund(trx, current, 'it did not happen at the provider', by);
    } else {
      await updateRefund(trx, id, { is_unclear: false });
      await clearUnclearFlag(trx, current.order);
      await enqueue(trx, 'refund-payment', { refund: id });
    }
  });
  return { order: refund.order };
}

/** What a payment gave back without a refund of ours that says so. */
async function unnamedMinor(trx: Transaction, { id, refunded_minor }: PaymentRow): Promise<number> {
  const named = (await refundsOfPayment(trx, id)).filter(({ status }) => status === 'succeeded');
  return Math.max(0, refunded_minor - named.reduce((sum, { amount_minor }) => sum + amount_minor, 0));
}
