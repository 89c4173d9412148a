/**
 * The payment port. A provider turns our payment into theirs and reports theirs back in our words; it never touches our
 * database. Amounts are integers in the minor unit of `currency` (ISO 4217), whatever the provider counts in. None of these
 * calls runs inside a transaction.
 */

/**
 * `approved`: the shopper has agreed, and the provider waits for the shop to take the money (`proceed`). `failed`: the shopper may try
 * again with the same payment. `cancelled`: no money can come by it any more, whoever ended it; `error_code` says why, if there is a
 * reason.
 */
export type ProviderStatus =
  | 'pending'
  | 'requires_action'
  | 'approved'
  | 'processing'
  | 'authorised'
  | 'paid'
  | 'failed'
  | 'cancelled';

/**
 * How a shopper pays: `element` in a form of the provider within the storefront, `hosted` on a page of the provider, `offline`
 * without any, by bank or at the door.
 */
export const PAYMENT_FLOWS = ['element', 'hosted', 'offline'] as const;
export type PaymentFlow = (typeof PAYMENT_FLOWS)[number];

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

/** A shopper's bank wants money back. */
export interface ProviderDispute {
  provider_dispute: string;
  /** `closed`: over without money having moved, as an inquiry is. */
  status: 'open' | 'under_review' | 'won' | 'lost' | 'closed';
  reason: string | null;
  amount_minor: number;
  currency: string;
  /** Until when the shop may answer. */
  evidence_due_at: Date | null;
}

/** A means of payment kept at the provider. Nothing of it that could be charged elsewhere. */
export interface ProviderMethod {
  provider_method: string;
  brand: string | null;
  last4: string | null;
  exp_month: number | null;
  exp_year: number | null;
}

/** A payment as the provider knows it now. */
export interface ProviderPayment {
  /** The provider's id. */
  provider_payment: string;
  /** Our payment id, read back from the provider's metadata; null when it is not one of ours. */
  payment: string | null;
  status: ProviderStatus;
  /** What it was asked for. */
  amount_minor: number;
  currency: string;
  /** What it took; less than it was asked for where a part was captured. */
  captured_minor: number;
  /** What has gone back; a refund on its way does not count. */
  refunded_minor: number;
  /** All refunds of it where `fetch` answers; elsewhere none need be named. */
  refunds: ProviderRefund[];
  /** All disputes about it where `fetch` answers; elsewhere none need be named. */
  disputes: ProviderDispute[];
  /** Until when an authorised amount can be captured, where the provider says so. */
  capture_before: Date | null;
  /** What the shopper let the provider keep while paying. */
  saved_method: ProviderMethod | null;
  /** What the storefront needs to let the shopper pay, e.g. a client secret or a `redirect_url`. */
  client_data: Record<string, unknown>;
  error_code: string | null;
  error_message: string | null;
}

/** The same for every repeat of an attempt: providers refuse one idempotency key with two requests. */
export interface StartPayment {
  payment: string;
  attempt: number;
  order: string;
  order_number: string;
  amount_minor: number;
  currency: string;
  email: string;
  /** `later`: only authorise; `capture` takes the money. */
  capture: 'now' | 'later';
  flow: PaymentFlow;
  /** Where the shopper comes back to. Never null for `hosted`. */
  return_url: string | null;
  /** Where a shopper who gives up comes back to; the same as `return_url` when the storefront does not tell them apart. */
  cancel_url: string | null;
  /** What the shopper reads on their bank statement; the account's own text when null. */
  statement_descriptor: string | null;
  /** The customer at the provider, where methods are kept or one is used. */
  provider_customer: string | null;
  /** A kept method to pay with. */
  provider_method: string | null;
  /** Nobody is there to confirm: staff charge a kept method. */
  off_session: boolean;
  /** The shopper wants the method kept. */
  save_method: boolean;
}

/** Money of a payment that is asked to move. */
export interface MoveMoney {
  provider_payment: string;
  payment: string;
  attempt: number;
  amount_minor: number;
  currency: string;
}

export interface ProviderEvent {
  event_id: string;
  type: string;
  /** The provider's payment the event is about, when it is about one. */
  provider_payment: string | null;
  /** Our payment id from its metadata, when the event carries it. */
  payment: string | null;
  /** The set-up of a method the event is about. */
  provider_setup?: string | null;
  /** A kept method that is no longer there. */
  removed_method?: string | null;
  /** Why nothing follows from it, when that can be told from the event alone: it is of another account, or of no interest. */
  ignore?: string | null;
  payload: unknown;
}

/** A shopper letting the provider keep a method without paying now. */
export interface ProviderSetup {
  provider_setup: string;
  /** Our id of it, read back from the provider's metadata; null when it is not one of ours. */
  setup: string | null;
  status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'cancelled';
  /** Once it succeeded. */
  method: ProviderMethod | null;
  client_data: Record<string, unknown>;
  error_code: string | null;
  error_message: string | null;
}

/** Methods kept at the provider: tokens only, the provider alone holds what can be charged. */
export interface SavedMethods {
  /** The customer at the provider. Repeating it with the same customer returns the same one for a day or longer. */
  createCustomer: (input: { customer: string; email: string; name: string | null }) => Promise<string>;
  /** Repeating it with the same set-up returns the same one. */
  startSetup: (input: { setup: string; provider_customer: string }) => Promise<ProviderSetup>;
  /** Null when the provider does not know the id. */
  fetchSetup: (provider_setup: string) => Promise<ProviderSetup | null>;
  /** Every method of the customer at the provider. */
  list: (provider_customer: string) => Promise<ProviderMethod[]>;
  /** Makes a method useless for the shop. One that is gone already is no error. May be repeated. */
  remove: (provider_method: string) => Promise<void>;
}

/**
 * What every provider offers. Where a member is null the provider has no such thing.
 * All of them throw PaymentProviderError: `is_definite` says that the provider refused and did nothing.
 */
export interface PaymentProvider {
  name: string;
  /** What a shopper reads where they choose. */
  title: string;
  /** Whether staff, not the provider, say that the money came: such orders hold by `manual_hold_days`. */
  is_manual: boolean;
  /** Whether goods leave before the money comes: staff accept such an order, and take the money at the door. */
  pays_on_delivery?: boolean;
  /** The first is meant where a storefront does not say. */
  flows: readonly PaymentFlow[];
  /** What a storefront may know to show the provider's form: a publishable key. */
  client_config?: Record<string, string>;
  /**
   * Creates the payment at the provider. Repeating it with the same payment and attempt returns the same one.
   * A payment by a kept method may be paid, or have failed, in the answer.
   */
  start: (input: StartPayment) => Promise<ProviderPayment>;
  /**
   * The payment at the provider by our own id, for when the answer to `start` was lost and it cannot simply be repeated.
   * Null when there is none, or none that could ever take money. Where even a payment the shop never heard of could take money,
   * it must be found.
   * @param since the payment was not started before
   */
  find: (input: { payment: string; attempt: number; since: Date }) => Promise<ProviderPayment | null>;
  /** The provider's truth. Null when the provider does not know the id. Reads only. */
  fetch: (provider_payment: string) => Promise<ProviderPayment | null>;
  /**
   * The shopper has approved: takes the money, or authorises it where it was started with `capture: 'later'`. Repeating it takes
   * nothing twice. Only of providers whose payments can be `approved`.
   */
  proceed: ((input: MoveMoney) => Promise<ProviderPayment>) | null;
  /** Takes an authorised amount or a part of it; the rest is given up. Repeating it with the same amount takes nothing twice. */
  capture: ((input: MoveMoney) => Promise<ProviderPayment>) | null;
  /** Ends an unpaid payment. May be repeated. `cannot_cancel`: the shopper may still pay it, or its money is under way. */
  cancel: (provider_payment: string) => Promise<'cancelled' | 'paid' | 'cannot_cancel'>;
  /**
   * Gives money back. Repeating it with the same refund id returns the same refund, unless it threw with `is_repeatable: false`.
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
  /** Every payment at the provider that was begun since, oldest or newest first, to compare books; null where none can be listed. */
  list: ((since: Date) => AsyncIterable<ProviderPayment>) | null;
  methods: SavedMethods | null;
}

export interface ProviderErrorOptions {
  /** The provider refused, and took or gave nothing. Otherwise it may or may not have acted. */
  is_definite: boolean;
  code: string;
  /** Whether the same call may be made again; not where the provider would do it twice. */
  is_repeatable?: boolean;
  /** The provider keeps this failure and answers it to every repeat with the same idempotency key. */
  is_stored?: boolean;
  /** How long to leave the provider alone, where that is known. */
  retry_after_s?: number | undefined;
  cause?: unknown;
}

/** What a provider call failed with. Its message is the provider's and may be shown to shoppers where `is_definite`. */
export class PaymentProviderError extends Error {
  readonly is_definite: boolean;
  readonly code: string;
  readonly is_repeatable: boolean;
  readonly is_stored: boolean;
  readonly retry_after_s: number | undefined;

  constructor(message: string, options: ProviderErrorOptions) {
    super(message, { cause: options.cause });
    this.name = 'PaymentProviderError';
    this.is_definite = options.is_definite;
    this.code = options.code;
    this.is_repeatable = options.is_repeatable ?? true;
    this.is_stored = options.is_stored ?? false;
    this.retry_after_s = options.retry_after_s;
  }
}
