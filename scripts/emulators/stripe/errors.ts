/** The error envelope of Stripe's API. */
import type Stripe from 'stripe';

export type ErrorBody = {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  doc_url?: string;
  charge?: string;
  payment_intent?: Stripe.PaymentIntent;
  setup_intent?: Stripe.SetupIntent;
  payment_method?: Stripe.PaymentMethod;
};

/** What a request is answered with instead of its object. */
export class StripeApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  /** True when the parameters were refused before anything was done: such an answer is not kept for its key. */
  readonly is_validation: boolean;

  constructor(status: number, body: ErrorBody, is_validation = false) {
    super(body.message);
    this.status = status;
    this.body = body.code
      ? { ...body, doc_url: `https://stripe.com/docs/error-codes/${body.code.replaceAll('_', '-')}` }
      : body;
    this.is_validation = is_validation;
  }
}

/** The parameters are wrong: 400, nothing was done, the same idempotency key may be used again. */
export function badParameter(message: string, param?: string, code?: string): StripeApiError {
  return new StripeApiError(400, withoutGaps({ type: 'invalid_request_error', message, param, code }), true);
}

/** The contract knows the parameter, this emulator does not act on it. Better refused than silently ignored. */
export function notSimulated(param: string): StripeApiError {
  return badParameter(`The emulator does not simulate the parameter ${param}.`, param);
}

/** 404 for an object named in the address, 400 for one named in a parameter. */
export function noSuch(
  kind: string,
  id: string,
  param: string,
  named_in: 'address' | 'parameter',
): StripeApiError {
  const body: ErrorBody = {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
    param,
  };
  return new StripeApiError(named_in === 'address' ? 404 : 400, body);
}

/** The request is well formed but the object is not in a state that allows it. */
export function refused(message: string, more: Partial<ErrorBody> = {}): StripeApiError {
  return new StripeApiError(400, withoutGaps({ type: 'invalid_request_error', message, ...more }));
}

export function cardError(body: Omit<ErrorBody, 'type'>): StripeApiError {
  return new StripeApiError(402, withoutGaps({ type: 'card_error', ...body }));
}

function withoutGaps(body: { [Key in keyof ErrorBody]: ErrorBody[Key] | undefined }): ErrorBody {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as ErrorBody;
}
