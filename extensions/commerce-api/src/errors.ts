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
  REQUEST_TIMEOUT: {
    status: 408,
    message: 'The body did not arrive in time. Nothing was changed; send it again.',
  },
  INVALID_CREDENTIALS: { status: 401, message: 'The e-mail or the password is wrong.' },
  INVALID_OTP: { status: 401, message: 'The password is right; send the current one-time password as well.' },
  INVALID_TOKEN: { status: 401, message: 'This token is wrong or has expired. Sign in again.' },
  SIGN_IN_REQUIRED: { status: 401, message: 'Sign in first: this route is for customers.' },
  FORBIDDEN: { status: 403, message: 'You may not do this.' },
  ROUTE_NOT_FOUND: { status: 404, message: 'There is nothing at this path.' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'No path is asked by this method.' },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    message: 'The body is larger than this path takes. Nothing was changed.',
  },
  ORIGIN_REFUSED: {
    status: 403,
    message:
      'A cookie signs this request in, and it does not come from a page of this shop or of an origin it names. Nothing was changed.',
  },
  NOT_FOUND: { status: 404, message: 'There is nothing here, or it is not yours.' },
  CART_NOT_OPEN: { status: 409, message: 'This cart has become an order or was merged. Start a new one.' },
  CART_CONFLICT: {
    status: 409,
    message: 'This cart kept changing while it was written. Nothing was changed; try again.',
  },
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
  PAYMENT_NOT_CAPTURABLE: {
    status: 409,
    message: 'There is no promised money to take like this; `reason` says why. Nothing was taken.',
  },
  ORDER_NOT_ACCEPTABLE: {
    status: 409,
    message: 'Only an order that waits with its money promised can be accepted; `reason` says why.',
  },
  REFUND_NOT_UNCLEAR: { status: 409, message: 'What became of this refund is known. Nothing was changed.' },
  ORDER_NOT_PAID: {
    status: 409,
    message:
      'The money of this order is not all there yet. Take the rest first, or cancel the order; nothing was changed.',
  },
  ORDER_NOT_PAYABLE: { status: 409, message: 'This order takes no payment in its present state.' },
  ORDER_NOT_CANCELLABLE: { status: 409, message: 'This order can no longer be cancelled.' },
  ORDER_NOT_SHIPPABLE: {
    status: 409,
    message: 'This cannot be sent now; `reason` says why. Nothing was changed.',
  },
  SHIPMENT_NOT_CHANGEABLE: { status: 409, message: 'This parcel is not in a state for that; see `reason`.' },
  NOT_RETURNABLE: {
    status: 409,
    message: 'This cannot be sent back; `reason` says why. Nothing was changed.',
  },
  RETURN_NOT_CHANGEABLE: { status: 409, message: 'This return is not in a state for that; see `reason`.' },
  MAIL_NOT_DUE: { status: 409, message: 'There is nothing this mail could tell of yet. It was not sent.' },
  PROMOTION_NEEDS_NO_CODE: {
    status: 409,
    message: 'Everybody gets this promotion without a code. Let it require one first; nothing was made.',
  },
  ORDER_CHANGED: {
    status: 409,
    message: 'Somebody else edited this order meanwhile. Nothing was changed; read it again.',
  },
  ORDER_NOT_EDITABLE: { status: 409, message: 'This order can no longer be edited. Nothing was changed.' },
  EDIT_REFUSED: {
    status: 422,
    message: 'The order cannot be edited like this; `reason` says why. Nothing was changed.',
  },
  GIFT_CARD_CHANGED: {
    status: 409,
    message:
      'Gift cards or store credit now cover less or more than the cart showed. The new amount to pay is attached; nothing was ordered.',
  },
  GIFT_CARD_SPENT: {
    status: 409,
    message: 'These gift cards have been used, so their price cannot be given back. Nothing was changed.',
  },
  BALANCE_TOO_SMALL: { status: 409, message: 'The balance would fall below zero. Nothing was changed.' },
  REFUND_TOO_MUCH: {
    status: 409,
    message: 'More would go back than was paid or bought and is still there. Nothing was changed.',
  },
  STORE_CREDIT_NEEDS_CUSTOMER: {
    status: 409,
    message: 'This order belongs to no account that could hold store credit.',
  },
  ORDER_NOT_SETTLABLE: {
    status: 409,
    message: 'No payment of this order differs from what its provider says in a way that this would settle.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    message: 'This Idempotency-Key was used with another body. Use a new key.',
  },
  CART_FULL: { status: 422, message: 'The cart holds as many lines, codes or cards as it may.' },
  QUANTITY_LIMIT: { status: 422, message: 'This is more than one order may hold of this variant.' },
  PAYMENT_FLOW_UNKNOWN: { status: 422, message: 'This provider is not paid in that way; see `offered`.' },
  METHODS_NOT_KEPT: {
    status: 422,
    message: 'Only signed-in customers can have a method kept, and only where the provider keeps any.',
  },
  RETURN_URL_MISSING: {
    status: 422,
    message: 'This provider’s page needs a `return_url` to come back to.',
  },
  PROVIDER_UNKNOWN: { status: 422, message: 'This shop does not offer that payment provider.' },
  SHIPPING_METHOD_UNAVAILABLE: {
    status: 422,
    message: 'This shipping method does not serve the address or the cart.',
  },
  CODE_REFUSED: {
    status: 422,
    message: 'This code gives nothing here; `reason` says why. It was not put on the cart.',
  },
  GIFT_CARD_REFUSED: {
    status: 422,
    message: 'This gift card code cannot be used: it is wrong, or its card is empty, expired or disabled.',
  },
  AMOUNT_TOO_LARGE: {
    status: 422,
    message: 'These prices and quantities add up to more than can be counted. Nothing was changed.',
  },
  VAT_ID_INVALID: {
    status: 422,
    message: 'This VAT id cannot exist: its country, its form or its check digit is wrong.',
  },
  CURRENCY_UNAVAILABLE: { status: 422, message: 'This shop does not sell in that currency.' },
  ADDRESS_LIMIT: { status: 422, message: 'The address book is full. Delete an address, or change one.' },
  PAYMENT_METHOD_LIMIT: {
    status: 422,
    message: 'As many payment methods are kept as there may be. Delete one first.',
  },
  PAYMENT_METHOD_REFUSED: {
    status: 422,
    message: 'The payment provider refused to keep a method; `reason` is its code. Nothing was kept.',
  },
  WEAK_PASSWORD: {
    status: 422,
    message: 'The password is too short, too common or known from a breach; `reason` says which.',
  },
  RATE_LIMITED: {
    status: 429,
    message:
      'Too many requests of this kind from your network. Nothing was done; wait `retry_after_s` seconds.',
  },
  TOO_MANY_PAYMENTS: {
    status: 429,
    message: 'This order has been tried too often. Ask the shop for another way to pay.',
  },
  TOO_MANY_UNPAID_ORDERS: { status: 429, message: 'Pay or cancel your open orders before placing another.' },
  GIFT_CARD_TRIES: {
    status: 429,
    message: 'Too many wrong gift card codes were tried in this shop. Try again in a few minutes.',
  },
  PAYMENT_METHOD_TRIES: {
    status: 429,
    message: 'Too many payment methods were begun to be kept. Try again in an hour.',
  },
  PROVIDER_FAILED: {
    status: 502,
    message: 'The payment provider did not answer as it should. The order is kept; try to pay again.',
  },
  PROVIDER_UNAVAILABLE: {
    status: 503,
    message:
      'This payment provider has been failing and is left alone for a moment. Try again shortly, or pay another way.',
  },
  OVERLOADED: {
    status: 503,
    message:
      'The shop has more to do than it can just now. Nothing was changed; try again after as many seconds as Retry-After says.',
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
