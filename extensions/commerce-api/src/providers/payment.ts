/**
 * The payment port. A provider turns our payment into theirs and reports theirs back in our words; it never touches our
 * database. Amounts are integers in the minor unit of `currency`. None of these calls runs inside a transaction.
 */

export type ProviderStatus =
  | 'pending'
  | 'requires_action'
  | 'processing'
  | 'authorised'
  | 'paid'
  | 'failed'
  | 'cancelled';

/** A refund as the provider knows it now. */
export interface ProviderRefund {
  /** The provider's id. */
  provider_refund: string;
  /** Our refund id, read back from the provider's metadata; null when somebody else asked for it. */
  refund: string | null;
  amount_minor: number;
  /** A refund may fail even after it succeeded, when a bank sends it back. */
  status: 'pending' | 'succeeded' | 'failed';
}

/** A payment as the provider knows it now. */
export interface ProviderPayment {
  /** The provider's id. */
  provider_payment: string;
  /** Our payment id, read back from the provider's metadata; null when it is not one of ours. */
  payment: string | null;
  status: ProviderStatus;
  amount_minor: number;
  currency: string;
  captured_minor: number;
  /** What has gone back; a refund on its way does not count. */
  refunded_minor: number;
  /** All refunds of it where `fetch` answers; elsewhere none need be named. */
  refunds: ProviderRefund[];
  /** What the storefront needs to let the shopper pay, e.g. a client secret or a redirect. */
  client_data: Record<string, unknown>;
  error_code: string | null;
  error_message: string | null;
}

export interface StartPayment {
  payment: string;
  attempt: number;
  order: string;
  order_number: string;
  amount_minor: number;
  currency: string;
  email: string;
  return_url: string | null;
}

export interface ProviderEvent {
  event_id: string;
  type: string;
  /** The provider's payment the event is about, when it is about one. */
  provider_payment: string | null;
  /** Our payment id from its metadata, when the event carries it. */
  payment: string | null;
  payload: unknown;
}

export interface PaymentProvider {
  name: string;
  /** Whether staff, not the provider, say that the money came: such orders hold by `manual_hold_days`. */
  is_manual: boolean;
  /**
   * Creates the payment at the provider. Repeating it with the same payment and attempt returns the same one.
   * @throws PaymentProviderError; `is_definite` says that the provider refused and took nothing.
   */
  start: (input: StartPayment) => Promise<ProviderPayment>;
  /** The provider's truth. Null when the provider does not know the id. */
  fetch: (provider_payment: string) => Promise<ProviderPayment | null>;
  /** Ends an unpaid payment. May be repeated. */
  cancel: (provider_payment: string) => Promise<'cancelled' | 'paid' | 'cannot_cancel'>;
  /**
   * Gives money back. Repeating it with the same refund id returns the same refund.
   * @throws PaymentProviderError
   */
  refund: (input: {
    provider_payment: string;
    refund: string;
    amount_minor: number;
    currency: string;
  }) => Promise<{ provider_refund: string; status: 'pending' | 'succeeded' | 'failed' }>;
  /**
   * Checks the signature over the raw bytes and reads the event; null where the provider sends no webhooks.
   * @throws PaymentProviderError with `is_definite` when the signature does not hold.
   */
  readWebhook: ((raw: Buffer, headers: Record<string, string | undefined>) => Promise<ProviderEvent>) | null;
}

/** What a provider call failed with. Not definite: the provider may or may not have acted. */
export class PaymentProviderError extends Error {
  readonly is_definite: boolean;
  readonly code: string;

  constructor(message: string, options: { is_definite: boolean; code: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'PaymentProviderError';
    this.is_definite = options.is_definite;
    this.code = options.code;
  }
}
