/** What Stripe is asked for when a payment starts. The same for every repeat of an attempt. */
import type Stripe from 'stripe';
import { PaymentProviderError, type StartPayment } from './payment.ts';
import { toStripe } from './stripe-amounts.ts';

/** Prefixes of the account take up to 10 of 22 characters, and `* ` two more. */
const LONGEST_SUFFIX = 10;

/**
 * A payment intent for a form within the storefront, or one that is confirmed at once with a kept method. Without an address to
 * come back to nothing can redirect, so methods that would are left out.
 * @throws PaymentProviderError `amount_not_chargeable`
 */
export function intentRequest(input: StartPayment): Stripe.PaymentIntentCreateParams {
  const { provider_customer: customer, provider_method: payment_method, return_url } = input;
  const confirmation = payment_method !== null && {
    confirm: true,
    payment_method,
    ...(input.off_session && { off_session: true }),
    ...(return_url !== null && { return_url }),
  };
  const automatic_payment_methods: Stripe.PaymentIntentCreateParams.AutomaticPaymentMethods =
    payment_method !== null && return_url === null
      ? { enabled: true, allow_redirects: 'never' }
      : { enabled: true };
  return {
    amount: toStripe(input.amount_minor, input.currency),
    currency: input.currency.toLowerCase(),
    automatic_payment_methods,
    ...(customer !== null && { customer }),
    ...sharedRequest(input),
    ...confirmation,
    expand: ['latest_charge', 'payment_method'],
  };
}

/**
 * A page of Stripe's own, with the whole amount as one line: what was bought, and its taxes, are our business. The price stays in
 * the order's currency, whatever the shopper's.
 * @throws PaymentProviderError `amount_not_chargeable`; `return_url_missing`, definite, without an address to come back to
 */
export function sessionRequest(input: StartPayment): Stripe.Checkout.SessionCreateParams {
  const { provider_customer: customer, return_url } = input;
  if (return_url === null) {
    throw new PaymentProviderError('A payment page needs an address to come back to', {
      is_definite: true,
      code: 'return_url_missing',
    });
  }
  const price_data = {
    currency: input.currency.toLowerCase(),
    unit_amount: toStripe(input.amount_minor, input.currency),
    product_data: { name: `Order ${input.order_number}` },
  };
  return {
    ui_mode: 'hosted_page',
    mode: 'payment',
    line_items: [{ price_data, quantity: 1 }],
    adaptive_pricing: { enabled: false },
    success_url: return_url,
    cancel_url: input.cancel_url ?? return_url,
    client_reference_id: input.payment,
    metadata: metadataOf(input),
    ...(customer === null ? { customer_email: input.email } : { customer }),
    payment_intent_data: sharedRequest(input),
  };
}

/** What an intent is told, whoever makes it. Its metadata find it again, by a webhook or by `find`. */
function sharedRequest(input: StartPayment) {
  const suffix = statementSuffix(input.statement_descriptor);
  // A method that is kept already is not kept again.
  const keeps = input.save_method && input.provider_customer !== null && input.provider_method === null;
  return {
    description: `Order ${input.order_number}`,
    receipt_email: input.email,
    metadata: metadataOf(input),
    ...(input.capture === 'later' && { capture_method: 'manual' as const }),
    ...(keeps && { setup_future_usage: 'off_session' as const }),
    ...(suffix !== null && { statement_descriptor_suffix: suffix }),
  };
}

function metadataOf({ payment, attempt, order, order_number }: StartPayment) {
  return { payment, attempt: String(attempt), order, order_number };
}

/**
 * The text after the account's own on a card's statement; Stripe refuses a text of the whole for payments that cards can make. It
 * takes Latin letters and few signs, with a letter among them, and so much that it fits every account
 * (docs.stripe.com/get-started/account/statement-descriptors). Null where nothing fit is left: the account's own text stands then.
 */
export function statementSuffix(text: string | null): string | null {
  const plain = (text ?? '')
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7e]|[<>\\'"*]/g, '')
    .replaceAll(/ +/g, ' ')
    .trim()
    .slice(0, LONGEST_SUFFIX)
    .trim();
  return /[A-Za-z]/.test(plain) ? plain : null;
}
