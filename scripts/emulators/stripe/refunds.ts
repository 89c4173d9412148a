/** Refunds: money given back from a captured charge, in one go or in parts. */
import { randomInt } from 'node:crypto';
import type Stripe from 'stripe';
import { formatAmount } from './amounts.ts';
import { idOf, newId, requireCharge, requireIntent, unixNow } from './books.ts';
import { refuseUnsimulated } from './call.ts';
import type { Call } from './call.ts';
import { badParameter, noSuch, refused } from './errors.ts';
import { mergeMetadata, refuseEmpty } from './fields.ts';
import { pageOf } from './list-page.ts';
import type { List, PageParams } from './list-page.ts';

/** @throws StripeApiError when nothing was captured or the parts would add up to more than the capture. */
export function createRefund(call: Call): Stripe.Refund {
  refuseUnsimulated(call.params, ['amount', 'charge', 'metadata', 'payment_intent', 'reason']);
  const params = call.params as Stripe.RefundCreateParams;
  refuseEmpty(params, ['charge', 'payment_intent']);
  const charge = chargeToRefund(call, params);
  const left = charge.amount_captured - charge.amount_refunded;
  if (left === 0) {
    throw refused(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  const amount = params.amount ?? left;
  if (amount < 1) {
    throw badParameter(
      'This value must be greater than or equal to 1.',
      'amount',
      'parameter_invalid_integer',
    );
  }
  if (amount > left) {
    const asked = formatAmount(amount, charge.currency);
    const message = `Refund amount (${asked}) is greater than unrefunded amount on charge (${formatAmount(left, charge.currency)})`;
    throw refused(message, { param: 'amount' });
  }
  const refund: Stripe.Refund = {
    id: newId('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: unixNow(),
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: mergeMetadata({}, params.metadata),
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    reason: params.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
  call.books.refunds.set(refund.id, refund);
  const before = { amount_refunded: charge.amount_refunded, refunded: charge.refunded };
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount_captured;
  call.emit('refund.created', refund);
  call.emit('charge.refunded', charge, before);
  addReference(call, refund);
  return refund;
}

export function retrieveRefund(call: Call): Stripe.Refund {
  const id = call.path['refund'] ?? '';
  const refund = call.books.refunds.get(id);
  if (!refund) throw noSuch('refund', id, 'refund', 'address');
  return refund;
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
