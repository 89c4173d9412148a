/** Refunds: money given back from a captured charge, in one go or in parts. */
import { randomInt } from 'node:crypto';
import type Stripe from 'stripe';
import { formatAmount } from './amounts.ts';
import { idOf, newId, requireCharge, requireIntent, requireRefund, unixNow } from './books.ts';
import { refuseUnsimulated } from './call.ts';
import type { Call } from './call.ts';
import { isRefundable } from './disputes.ts';
import { badParameter, refused } from './errors.ts';
import { mergeMetadata, refuseEmpty } from './fields.ts';
import { pageOf } from './list-page.ts';
import type { List, PageParams } from './list-page.ts';
import { bankOf, cardOf } from './payment-methods.ts';

/** @throws StripeApiError when nothing was captured or the parts would add up to more than the capture. */
export function createRefund(call: Call): Stripe.Refund {
  refuseUnsimulated(call.params, ['amount', 'charge', 'metadata', 'payment_intent', 'reason']);
  const params = call.params as Stripe.RefundCreateParams;
  refuseEmpty(params, ['charge', 'payment_intent']);
  const charge = chargeToRefund(call, params);
  const method = call.books.payment_methods.get(charge.payment_method ?? '');
  const is_slow = method !== undefined && !bankOf(method) && cardOf(method).has_slow_refunds === true;
  return refundCharge(call, charge, params, is_slow ? 'pending' : 'succeeded');
}

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

/** Gives money of a charge back, all that is left where no amount is named. What is pending is as good as gone. */
export function refundCharge(
  call: Call,
  charge: Stripe.Charge,
  params: Pick<Stripe.RefundCreateParams, 'amount' | 'metadata' | 'reason'>,
  status: RefundStatus,
): Stripe.Refund {
  const amount = amountToRefund(call, charge, params.amount);
  const is_card = charge.payment_method_details?.type === 'card';
  const refund: Stripe.Refund = {
    id: newId('re'),
    object: 'refund',
    amount,
    balance_transaction: newId('txn'),
    charge: charge.id,
    created: unixNow(),
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    destination_details: is_card
      ? {
          card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
          type: 'card',
        }
      : { type: charge.payment_method_details?.type ?? 'card' },
    metadata: mergeMetadata({}, params.metadata),
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    reason: params.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: status === 'failed' ? 'pending' : status,
    transfer_reversal: null,
  };
  call.books.refunds.set(refund.id, refund);
  const before = { amount_refunded: charge.amount_refunded, refunded: charge.refunded };
  countRefunded(charge, amount);
  call.emit('refund.created', refund);
  call.emit('charge.refunded', charge, before);
  if (is_card && status === 'succeeded') addReference(call, refund);
  return status === 'failed' ? failRefund(call, refund) : refund;
}

/** A pending refund has arrived. @throws StripeApiError when it is not pending. */
export function settleRefund(call: Call, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== 'pending') throw refused(`${refund.id} is not pending.`);
  refund.status = 'succeeded';
  call.emit('refund.updated', refund, { status: 'pending' });
  return refund;
}

/** A bank has sent the money back, be it after the refund succeeded. @throws StripeApiError when it failed before. */
export function failRefund(call: Call, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== 'pending' && refund.status !== 'succeeded')
    throw refused(`${refund.id} has failed already.`);
  const before = refund.status;
  refund.status = 'failed';
  refund.failure_reason = 'expired_or_canceled_card';
  refund.failure_balance_transaction = newId('txn');
  countRefunded(requireCharge(call.books, idOf(refund.charge) ?? ''), -refund.amount);
  call.emit('refund.updated', refund, { status: before });
  call.emit('refund.failed', refund);
  return refund;
}

function countRefunded(charge: Stripe.Charge, amount: number): void {
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount_captured;
}

function amountToRefund(call: Call, charge: Stripe.Charge, asked: number | undefined): number {
  if (!isRefundable(call, charge)) {
    const message = `Charge ${charge.id} has been charged back; cannot issue a refund.`;
    throw refused(message, { code: 'charge_disputed' });
  }
  const left = charge.amount_captured - charge.amount_refunded;
  if (left === 0) {
    throw refused(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  const amount = asked ?? left;
  if (amount < 1) {
    throw badParameter(
      'This value must be greater than or equal to 1.',
      'amount',
      'parameter_invalid_integer',
    );
  }
  if (amount > left) {
    const shown = formatAmount(amount, charge.currency);
    const message = `Refund amount (${shown}) is greater than unrefunded amount on charge (${formatAmount(left, charge.currency)})`;
    throw refused(message, { param: 'amount' });
  }
  return amount;
}

export function retrieveRefund(call: Call): Stripe.Refund {
  return requireRefund(call.books, call.path['refund'] ?? '');
}

export function updateRefund(call: Call): Stripe.Refund {
  const refund = retrieveRefund(call);
  const { metadata } = call.params as Stripe.RefundUpdateParams;
  const before = refund.metadata;
  refund.metadata = mergeMetadata(refund.metadata ?? {}, metadata);
  call.emit('refund.updated', refund, { metadata: before });
  return refund;
}

export function listRefunds(call: Call): List<Stripe.Refund> {
  const { charge, payment_intent } = call.params as Stripe.RefundListParams;
  const refunds = [...call.books.refunds.values()]
    .filter((refund) => charge === undefined || refund.charge === charge)
    .filter((refund) => payment_intent === undefined || refund.payment_intent === payment_intent);
  return pageOf(refunds, call.params as PageParams, '/v1/refunds');
}

function chargeToRefund(call: Call, params: Stripe.RefundCreateParams): Stripe.Charge {
  if (!params.charge && !params.payment_intent) {
    const message =
      'One of the following params should be provided for this request: payment_intent or charge.';
    throw badParameter(message, undefined, 'parameter_missing');
  }
  const intent = params.payment_intent
    ? requireIntent(call.books, params.payment_intent, 'parameter').object
    : null;
  const id = params.charge ?? idOf(intent?.latest_charge);
  const charge = id ? requireCharge(call.books, id, 'parameter') : null;
  if (intent && charge && charge.payment_intent !== intent.id) {
    throw refused(`Charge ${charge.id} does not belong to PaymentIntent ${intent.id}.`, { param: 'charge' });
  }
  if (charge?.status === 'succeeded' && charge.captured) return charge;
  const subject = intent ? `This PaymentIntent (${intent.id})` : `This charge (${String(id)})`;
  throw refused(`${subject} does not have a successful charge to refund.`, { code: 'charge_not_refundable' });
}

/** The bank's reference for the money on its way: Stripe tells it a little later. */
function addReference(call: Call, refund: Stripe.Refund): void {
  const before = structuredClone(refund.destination_details);
  refund.destination_details = {
    card: {
      reference: String(randomInt(10 ** 12)).padStart(23, '7'),
      reference_status: 'available',
      reference_type: 'acquirer_reference_number',
      type: 'refund',
    },
    type: 'card',
  };
  call.emit('refund.updated', refund, { destination_details: before });
}
