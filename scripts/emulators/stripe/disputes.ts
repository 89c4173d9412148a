/** Disputes: a shopper's bank wants money back. It starts and ends them; the shop may only look, or give in. */
import type Stripe from 'stripe';
import { idOf, newId, requireCharge, requireDispute, unixNow } from './books.ts';
import type { Call } from './call.ts';
import { refused } from './errors.ts';
import { pageOf } from './list-page.ts';
import type { List, PageParams } from './list-page.ts';

type Dispute = Stripe.Dispute;

const ANSWER_WITHIN_SECONDS = 9 * 24 * 60 * 60;
const FEE = 1500;
/** These may still be decided. */
const OPEN: Dispute['status'][] = [
  'needs_response',
  'under_review',
  'warning_needs_response',
  'warning_under_review',
];

export function retrieveDispute(call: Call): Dispute {
  return requireDispute(call.books, call.path['dispute'] ?? '');
}

export function listDisputes(call: Call): List<Dispute> {
  const { charge, payment_intent } = call.params as Stripe.DisputeListParams;
  const disputes = [...call.books.disputes.values()]
    .filter((dispute) => charge === undefined || dispute.charge === charge)
    .filter((dispute) => payment_intent === undefined || dispute.payment_intent === payment_intent);
  return pageOf(disputes, call.params as PageParams, '/v1/disputes');
}

/** The shop gives in. */
export function concedeDispute(call: Call): Dispute {
  return closeDispute(call, retrieveDispute(call), 'lost');
}

/**
 * A dispute takes the money at once; an inquiry only asks, and takes none.
 * @throws StripeApiError when nothing was captured, or so much is not there to be disputed.
 */
export function openDispute(
  call: Call,
  charge: Stripe.Charge,
  { reason, is_inquiry = false, amount = charge.amount_captured }: DisputeParams,
): Dispute {
  if (charge.status !== 'succeeded' || amount < 1 || amount > charge.amount_captured) {
    throw refused(`${charge.id} has no ${amount} ${charge.currency} that could be disputed.`);
  }
  const dispute: Dispute = {
    id: newId('du'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: unixNow(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { ...NO_EVIDENCE },
    evidence_details: {
      due_by: unixNow() + ANSWER_WITHIN_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: is_inquiry,
    livemode: false,
    metadata: {},
    payment_intent: idOf(charge.payment_intent),
    payment_method_details: {
      type: 'card',
      card: {
        brand: charge.payment_method_details?.card?.brand ?? 'visa',
        case_type: is_inquiry ? 'inquiry' : 'chargeback',
        network: charge.payment_method_details?.card?.network ?? 'visa',
        network_reason_code: '10.4',
      },
    },
    reason,
    status: is_inquiry ? 'warning_needs_response' : 'needs_response',
  };
  charge.disputed = true;
  call.books.disputes.set(dispute.id, dispute);
  call.emit('charge.dispute.created', dispute);
  if (!is_inquiry) {
    dispute.balance_transactions = [movement(dispute, -amount, FEE)];
    call.emit('charge.dispute.funds_withdrawn', dispute);
  }
  return dispute;
}

type DisputeParams = {
  reason: string;
  is_inquiry?: boolean | undefined;
  /** All that was captured, where it is left out. */
  amount?: number | undefined;
};

/** The shop has answered, and the bank looks at it. */
export function reviewDispute(call: Call, dispute: Dispute): Dispute {
  requireOpen(dispute);
  const before = dispute.status;
  dispute.status = isInquiry(dispute) ? 'warning_under_review' : 'under_review';
  dispute.evidence_details.has_evidence = true;
  dispute.evidence_details.submission_count += 1;
  dispute.evidence_details.submission_method = 'manual';
  call.emit('charge.dispute.updated', dispute, { status: before });
  return dispute;
}

/**
 * The bank has decided. An inquiry ends without a loser.
 * @throws StripeApiError when it was decided before.
 */
export function closeDispute(call: Call, dispute: Dispute, outcome: 'won' | 'lost'): Dispute {
  requireOpen(dispute);
  const was_inquiry = isInquiry(dispute);
  dispute.status = was_inquiry ? 'warning_closed' : outcome;
  call.emit('charge.dispute.closed', dispute);
  if (outcome === 'won' && !was_inquiry) {
    dispute.balance_transactions.push(movement(dispute, dispute.amount, 0));
    call.emit('charge.dispute.funds_reinstated', dispute);
  }
  return dispute;
}

/** Whether Stripe still gives money of a charge back: not while its dispute holds it, nor once that is lost. */
export function isRefundable(call: Call, charge: Stripe.Charge): boolean {
  if (!charge.disputed) return true;
  return [...call.books.disputes.values()].every(
    (dispute) => dispute.charge !== charge.id || dispute.is_charge_refundable || dispute.status === 'won',
  );
}

/** The charge an intent was last paid with. */
export function chargeOf(call: Call, intent: Stripe.PaymentIntent): Stripe.Charge {
  return requireCharge(call.books, idOf(intent.latest_charge) ?? '', 'parameter');
}

function requireOpen(dispute: Dispute): void {
  if (!OPEN.includes(dispute.status)) throw refused(`This dispute is already closed (${dispute.status}).`);
}

function isInquiry({ status }: Dispute): boolean {
  return status.startsWith('warning_');
}

function movement(dispute: Dispute, amount: number, fee: number): Stripe.BalanceTransaction {
  const details = { amount: fee, application: null, currency: dispute.currency, description: 'Dispute fee' };
  return {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: unixNow(),
    balance_type: 'payments',
    created: unixNow(),
    currency: dispute.currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [{ ...details, type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category: amount < 0 ? 'dispute' : 'dispute_reversal',
    source: dispute.id,
    status: 'pending',
    type: 'adjustment',
  };
}

const NO_EVIDENCE: Dispute['evidence'] = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};
