/** Charges: one for each attempt that reached the bank. */
import type Stripe from 'stripe';
import { bankChargeDetails } from './bank-accounts.ts';
import { idOf, newId, requireCharge, unixNow } from './books.ts';
import type { IntentRecord, MethodRecord } from './books.ts';
import type { Call } from './call.ts';
import { pageOf } from './list-page.ts';
import type { List, PageParams } from './list-page.ts';
import { bankOf, cardOf } from './payment-methods.ts';
import type { Decline } from './test-cards.ts';

const CAPTURE_WITHIN_SECONDS = 7 * 24 * 60 * 60;

export function retrieveCharge(call: Call): Stripe.Charge {
  return requireCharge(call.books, call.path['charge'] ?? '');
}

export function listCharges(call: Call): List<Stripe.Charge> {
  const { customer, payment_intent, transfer_group } = call.params as Stripe.ChargeListParams;
  const charges = [...call.books.charges.values()]
    .filter((charge) => customer === undefined || charge.customer === customer)
    .filter((charge) => payment_intent === undefined || charge.payment_intent === payment_intent)
    .filter((charge) => transfer_group === undefined || charge.transfer_group === transfer_group);
  return pageOf(charges, call.params as PageParams, '/v1/charges');
}

/** Books an attempt to charge the whole amount of an intent: succeeded, authorised only, pending at a bank, or declined. */
export function addCharge(
  call: Call,
  { object: intent, is_authenticated }: IntentRecord,
  method: MethodRecord,
  decline?: Decline,
): Stripe.Charge {
  const bank = bankOf(method);
  const is_captured = !decline && intent.capture_method !== 'manual';
  const charge: Stripe.Charge = {
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: is_captured && !bank ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: structuredClone(method.object.billing_details),
    calculated_statement_descriptor: statementOf(intent),
    captured: is_captured && !bank,
    created: unixNow(),
    currency: intent.currency,
    customer: idOf(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: outcomeOf(decline),
    paid: !decline && !bank,
    payment_intent: intent.id,
    payment_method: method.object.id,
    payment_method_details: bank
      ? bankChargeDetails(bank)
      : { type: 'card', card: cardDetails(method, intent, is_authenticated, decline !== undefined) },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: decline ? null : `${call.base_url}/pay/${intent.id}`,
    refunded: false,
    review: null,
    shipping: structuredClone(intent.shipping),
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: decline ? 'failed' : bank ? 'pending' : 'succeeded',
    transfer_data: null,
    transfer_group: intent.transfer_group,
  };
  call.books.charges.set(charge.id, charge);
  return charge;
}

/** A card's text begins with the account's; what exceeds 22 characters is cut (the cut is an assumption). */
function statementOf(intent: Stripe.PaymentIntent): string {
  const suffix = intent.statement_descriptor_suffix;
  return suffix === null ? 'EMULATED SHOP' : `EMULATED* ${suffix}`.slice(0, 22);
}

export function outcomeOf(decline: Decline | undefined): Stripe.Charge.Outcome {
  return {
    advice_code: decline?.decline_code === 'generic_decline' ? 'try_again_later' : null,
    network_advice_code: null,
    network_decline_code: decline ? '01' : null,
    network_status: decline ? 'declined_by_network' : 'approved_by_network',
    reason: decline ? (decline.decline_code ?? decline.code) : null,
    risk_level: 'normal',
    risk_score: 32,
    seller_message: decline ? 'The bank did not approve the payment.' : 'Payment complete.',
    type: decline ? 'issuer_declined' : 'authorized',
  };
}

function cardDetails(
  method: MethodRecord,
  intent: Stripe.PaymentIntent,
  is_authenticated: boolean,
  is_declined: boolean,
): Stripe.Charge.PaymentMethodDetails.Card {
  const card = cardOf(method);
  const shown = method.object.card;
  const is_held = !is_declined && intent.capture_method === 'manual';
  return {
    amount_authorized: is_declined ? null : intent.amount,
    authorization_code: null,
    brand: card.brand as Stripe.Charge.PaymentMethodDetails.Card['brand'],
    ...(is_held && { capture_before: unixNow() + CAPTURE_WITHIN_SECONDS }),
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    electronic_commerce_indicator: null,
    exp_month: shown?.exp_month ?? 12,
    exp_year: shown?.exp_year ?? new Date().getUTCFullYear(),
    extended_authorization: { status: 'disabled' },
    fingerprint: shown?.fingerprint ?? null,
    funding: card.funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4: card.number.slice(-4),
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: is_authenticated ? authenticated : null,
    transaction_link_id: null,
    wallet: null,
  };
}

const authenticated: Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  transaction_id: '00000000-0000-4000-8000-000000000000',
  version: '2.2.0',
};
