/** Books compared with what providers hold: what differs is asked about again, and booked by the one way news gets in. */
import type { Shop } from '../platform/shop.ts';
import type { PaymentProvider, ProviderPayment } from '../providers/payment.ts';
import { creditedMinor } from './book-refund.ts';
import { isProviderFailure, answerOf } from './provider-of.ts';
import { paymentById, paymentsSince, type PaymentRow } from './queries.ts';
import { refundsOfPayment } from './refund-queries.ts';
import { syncPayment } from './sync-payment.ts';

/** Long enough that a day without the clock is made up for. */
const LISTED_HOURS = 48;

/**
 * The clock's job, where a provider can list its payments: those of the last two days that moved money which our books do not show, as
 * when a webhook and our own answer were both lost, are asked about again. May run twice.
 */
export async function compareWithProviders(shop: Shop): Promise<void> {
  const since = new Date(shop.now().getTime() - LISTED_HOURS * 3_600_000);
  for (const provider of Object.values(shop.providers.payments)) {
    if (!provider.list) continue;
    try {
      await compareListed(shop, provider, since);
    } catch (error) {
      shop.log.warn(
        { provider: provider.name, err: error },
        'The books could not be compared with a provider',
      );
      if (!isProviderFailure(error)) throw error;
    }
  }
}

async function compareListed(shop: Shop, provider: PaymentProvider, since: Date): Promise<void> {
  for await (const truth of listed(provider, since)) {
    const ours = await ownOf(shop, provider, truth);
    if (ours && ours.captured_minor === truth.captured_minor) continue;
    if (ours) await syncPayment(shop, ours.id, { hint: truth.provider_payment });
    else if (truth.payment !== null && truth.captured_minor > 0)
      shop.log.error(
        { provider: provider.name, provider_payment: truth.provider_payment, payment: truth.payment },
        'A provider holds money for a payment that is not in these books',
      );
  }
}

async function* listed(provider: PaymentProvider, since: Date): AsyncGenerator<ProviderPayment> {
  const pages = provider.list?.(since)[Symbol.asyncIterator]();
  if (!pages) return;
  for (;;) {
    const next = await answerOf(pages.next());
    if (next.done) return;
    yield next.value;
  }
}

async function ownOf(
  shop: Shop,
  provider: PaymentProvider,
  { payment }: Pick<ProviderPayment, 'payment'>,
): Promise<PaymentRow | undefined> {
  const ours = payment === null || !UUID.test(payment) ? undefined : await paymentById(shop.db, payment);
  return ours?.provider === provider.name ? ours : undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface Comparison {
  provider: string;
  /** How many payments were looked at. */
  checked: number;
  /** One sentence per payment that differs. */
  broken: string[];
}

export interface ComparisonOptions {
  since: Date;
  /** Told after each payment. */
  onProgress?: (done: number, of: number) => void;
}

/**
 * Compares the books of every provider since a moment, payment by payment, to the minor unit. Reads only, on both sides; a difference may
 * be one that is just being booked, so it is looked at a second time.
 */
export async function compareBooks(shop: Shop, options: ComparisonOptions): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const provider of Object.values(shop.providers.payments)) {
    if (provider.is_manual) continue;
    comparisons.push(await compareProvider(shop, provider, options));
  }
  return comparisons;
}

async function compareProvider(
  shop: Shop,
  provider: PaymentProvider,
  { since, onProgress }: ComparisonOptions,
): Promise<Comparison> {
  const comparison: Comparison = { provider: provider.name, checked: 0, broken: [] };
  const ours = await paymentsSince(shop.db, provider.name, since);
  const known = new Set(ours.map(({ id }) => id));
  for (const { id } of ours) {
    const first = await differenceOf(shop, provider, id);
    const lasting = first === null ? null : await differenceOf(shop, provider, id);
    if (lasting !== null) comparison.broken.push(lasting);
    comparison.checked += 1;
    onProgress?.(comparison.checked, ours.length);
  }
  for await (const { provider_payment, payment, captured_minor, currency } of listed(provider, since)) {
    if (payment === null || known.has(payment) || captured_minor === 0) continue;
    if ((await ownOf(shop, provider, { payment })) !== undefined) continue;
    comparison.checked += 1;
    comparison.broken.push(
      `${provider_payment} took ${captured_minor} ${currency} for payment ${payment}, which these books do not have`,
    );
  }
  return comparison;
}

/** What a payment's books and its provider say differently, in one sentence. */
async function differenceOf(shop: Shop, provider: PaymentProvider, id: string): Promise<string | null> {
  const ours = await paymentById(shop.db, id);
  if (!ours?.provider_payment) return null;
  const truth = await answerOf(provider.fetch(ours.provider_payment));
  const name = `payment ${id} (${ours.provider_payment})`;
  if (!truth) return ours.captured_minor > 0 ? `${name} is unknown at ${provider.name}` : null;
  const refunded_minor = ours.refunded_minor - creditedMinor(await refundsOfPayment(shop.db, id));
  const here = [
    ours.captured_minor,
    refunded_minor,
    ours.captured_minor > 0 ? ours.currency : truth.currency,
  ];
  const there = [truth.captured_minor, truth.refunded_minor, truth.currency];
  if (here.every((value, index) => value === there[index])) return null;
  return `${name}: captured ${here[0]}, given back ${here[1]} ${here[2]}; ${provider.name} says ${there[0]}, ${there[1]} ${there[2]}`;
}
