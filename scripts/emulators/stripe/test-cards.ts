/** The test cards of Stripe's documentation and what happens to whoever pays with them. */

export type Decline = { code: string; decline_code?: string; message: string };

export type TestCard = {
  /** What the API takes as a payment method. */
  id: string;
  number: string;
  brand: string;
  funding: 'credit' | 'debit';
  /** Set when the bank refuses the charge. */
  decline?: Decline;
  /** When the bank wants 3-D Secure: always; unless set up for later; or only while the shopper is present. */
  authentication?: 'always' | 'unless_set_up' | 'on_session';
  /** Declined already when it is to be saved with a customer. */
  refuses_attach?: boolean;
  /** The shopper's bank wants the money back as soon as it was taken; an inquiry only asks and moves none. */
  dispute?: { reason: string; is_inquiry?: boolean };
  /** Its refunds are pending until they are settled. */
  has_slow_refunds?: boolean;
};

const declined = (decline_code: string, message = 'Your card was declined.'): Decline => ({
  code: 'card_declined',
  decline_code,
  message,
});

const noFunds = declined('insufficient_funds', 'Your card has insufficient funds.');
const expired: Decline = { code: 'expired_card', message: 'Your card has expired.' };
const wrongCvc: Decline = { code: 'incorrect_cvc', message: "Your card's security code is incorrect." };
const processing: Decline = {
  code: 'processing_error',
  message: 'An error occurred while processing your card. Try again in a little bit.',
};

function visa(id: string, number: string, behaviour: Partial<TestCard> = {}): TestCard {
  return { id, number, brand: 'visa', funding: 'credit', ...behaviour };
}

function refusing(id: string, number: string, decline: Decline): TestCard {
  return visa(id, number, { decline, refuses_attach: true });
}

const cards: TestCard[] = [
  visa('pm_card_visa', '4242424242424242'),
  visa('pm_card_visa_debit', '4000056655665556', { funding: 'debit' }),
  visa('pm_card_mastercard', '5555555555554444', { brand: 'mastercard' }),
  visa('pm_card_amex', '378282246310005', { brand: 'amex' }),
  visa('pm_card_discover', '6011111111111117', { brand: 'discover' }),
  visa('pm_card_diners', '3056930009020004', { brand: 'diners' }),
  visa('pm_card_jcb', '3566002020360505', { brand: 'jcb' }),
  visa('pm_card_unionpay', '6200000000000005', { brand: 'unionpay' }),
  visa('pm_card_bypassPending', '4000000000000077'),
  refusing('pm_card_visa_chargeDeclined', '4000000000000002', declined('generic_decline')),
  refusing('pm_card_visa_chargeDeclinedInsufficientFunds', '4000000000009995', noFunds),
  refusing('pm_card_visa_chargeDeclinedLostCard', '4000000000009987', declined('lost_card')),
  refusing('pm_card_visa_chargeDeclinedStolenCard', '4000000000009979', declined('stolen_card')),
  refusing(
    'pm_card_visa_chargeDeclinedVelocityLimitExceeded',
    '4000000000006975',
    declined('card_velocity_exceeded'),
  ),
  refusing('pm_card_chargeDeclinedExpiredCard', '4000000000000069', expired),
  refusing('pm_card_chargeDeclinedIncorrectCvc', '4000000000000127', wrongCvc),
  refusing('pm_card_chargeDeclinedProcessingError', '4000000000000119', processing),
  visa('pm_card_chargeCustomerFail', '4000000000000341', { decline: declined('generic_decline') }),
  visa('pm_card_createDispute', '4000000000000259', { dispute: { reason: 'fraudulent' } }),
  visa('pm_card_createDisputeProductNotReceived', '4000000000002685', {
    dispute: { reason: 'product_not_received' },
  }),
  visa('pm_card_createDisputeInquiry', '4000000000001976', {
    dispute: { reason: 'fraudulent', is_inquiry: true },
  }),
  visa('pm_card_pendingRefund', '4000000000007726', { has_slow_refunds: true }),
  visa('pm_card_authenticationRequired', '4000002760003184', { authentication: 'always' }),
  visa('pm_card_threeDSecure2Required', '4000000000003220', { authentication: 'always' }),
  visa('pm_card_authenticationRequiredOnSetup', '4000002500003155', { authentication: 'unless_set_up' }),
  visa('pm_card_authenticationRequiredSetupForOffSession', '4000003800000446', {
    authentication: 'on_session',
  }),
  visa('pm_card_authenticationRequiredChargeDeclinedInsufficientFunds', '4000008260003178', {
    authentication: 'always',
    decline: noFunds,
  }),
];

const byId = new Map(cards.map((card) => [card.id, card]));
const byNumber = new Map(cards.map((card) => [card.number, card]));

const OTHER_NAMES: Record<string, string> = { pm_card_chargeDeclined: 'pm_card_visa_chargeDeclined' };

/** By the id the API takes, such as `pm_card_visa`. */
export function findTestCard(id: string): TestCard | undefined {
  return byId.get(OTHER_NAMES[id] ?? id);
}

/** By card number; spaces do not count. */
export function findTestCardByNumber(number: string): TestCard | undefined {
  return byNumber.get(number.replaceAll(' ', ''));
}
