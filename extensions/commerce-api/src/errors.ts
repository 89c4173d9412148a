/**
 * Every error Kontor answers: what happened, what state we are in, what the caller can do. Codes are stable; messages may
 * be reworded. The OpenAPI document lists this table.
 */

interface ErrorEntry {
  status: number;
  message: string;
}

export const ERRORS = {
  INVALID_PAYLOAD: { status: 400, message: 'The body is not what this route takes. Nothing was changed.' },
  INVALID_QUERY: {
    status: 400,
    message: 'The query or path is not what this route takes. Nothing was changed.',
  },
  IDEMPOTENCY_KEY_MISSING: {
    status: 400,
    message: 'This route needs an Idempotency-Key header of 1 to 255 characters.',
  },
  INVALID_SIGNATURE: {
    status: 400,
    message: 'The signature of this webhook does not hold. Nothing was stored.',
  },
  INVALID_CREDENTIALS: { status: 401, message: 'The e-mail or the password is wrong.' },
  INVALID_OTP: { status: 401, message: 'The password is right; send the current one-time password as well.' },
  INVALID_TOKEN: { status: 401, message: 'This token is wrong or has expired. Sign in again.' },
  SIGN_IN_REQUIRED: { status: 401, message: 'Sign in first: this route is for customers.' },
  FORBIDDEN: { status: 403, message: 'You may not do this.' },
  NOT_FOUND: { status: 404, message: 'There is nothing here, or it is not yours.' },
  CART_NOT_OPEN: { status: 409, message: 'This cart has become an order or was merged. Start a new one.' },
  CART_EMPTY: { status: 409, message: 'The cart has no lines.' },
  EMAIL_MISSING: { status: 409, message: 'The cart has no e-mail address yet.' },
  ADDRESS_MISSING: { status: 409, message: 'The cart has no shipping address yet.' },
  SHIPPING_METHOD_MISSING: {
    status: 409,
    message: 'The cart has no shipping method yet, or it no longer serves the address.',
  },
  EMAIL_TAKEN: { status: 409, message: 'This e-mail address cannot be used for a new account.' },
  PRICE_CHANGED: {
    status: 409,
    message: 'The total is not the one you agreed to. The new quote is attached; nothing was ordered.',
  },
  INSUFFICIENT_STOCK: {
    status: 409,
    message: 'Less is free than you asked for. Nothing was changed; lower the quantity.',
  },
  NOT_FOR_SALE: {
    status: 409,
    message: 'This variant is not for sale now, or has no price in the currency of the cart.',
  },
  IDEMPOTENCY_KEY_IN_USE: {
    status: 409,
    message: 'A request with this Idempotency-Key is still running. Wait, then repeat it.',
  },
  STILL_IN_USE: {
    status: 409,
    message: 'Something else still refers to this. Archive it instead, or remove what refers to it first.',
  },
  ORDER_NOT_PAYABLE: { status: 409, message: 'This order takes no payment in its present state.' },
  ORDER_NOT_CANCELLABLE: { status: 409, message: 'This order can no longer be cancelled.' },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    message: 'This Idempotency-Key was used with another body. Use a new key.',
  },
  QUANTITY_LIMIT: { status: 422, message: 'This is more than one order may hold of this variant.' },
  PROVIDER_UNKNOWN: { status: 422, message: 'This shop does not offer that payment provider.' },
  SHIPPING_METHOD_UNAVAILABLE: {
    status: 422,
    message: 'This shipping method does not serve the address or the cart.',
  },
  CODE_REFUSED: {
    status: 422,
    message: 'This code gives nothing here; `reason` says why. It was not put on the cart.',
  },
  CURRENCY_UNAVAILABLE: { status: 422, message: 'This shop does not sell in that currency.' },
  ADDRESS_LIMIT: { status: 422, message: 'The address book is full. Delete an address, or change one.' },
  WEAK_PASSWORD: { status: 422, message: 'The password is too short or too common.' },
  TOO_MANY_UNPAID_ORDERS: { status: 429, message: 'Pay or cancel your open orders before placing another.' },
  PROVIDER_FAILED: {
    status: 502,
    message: 'The payment provider did not answer as it should. The order is kept; try to pay again.',
  },
  UNAVAILABLE: { status: 503, message: 'The shop cannot answer just now. Try again shortly.' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * An error the caller may see. Directus' error handler recognises it by `name`, and answers
 * `{ errors: [{ message, extensions: { code, … } }] }` with `status`.
 */
export class KontorError extends Error {
  override readonly name = 'DirectusError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly extensions: Record<string, unknown>;

  constructor(code: ErrorCode, details: Record<string, unknown> = {}, cause?: unknown) {
    const { message, ...extensions } = details;
    super(typeof message === 'string' ? message : ERRORS[code].message, { cause });
    this.code = code;
    this.status = ERRORS[code].status;
    this.extensions = extensions;
  }
}

/** Whether an error is this one of ours. */
export function isKontorError(error: unknown, code?: ErrorCode): error is KontorError {
  return error instanceof KontorError && (code === undefined || error.code === code);
}
