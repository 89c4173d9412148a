/** Webhooks: signature first, then stored and enqueued in one transaction, then 200. What they mean is decided by a job. */
import { z } from 'zod';
import { KontorError } from '../errors.ts';
import { forgetMethod } from '../payment-methods/keep-method.ts';
import { syncSetup } from '../payment-methods/sync-setup.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError, type ProviderEvent } from '../providers/payment.ts';
import { answerOf, providerOf } from './provider-of.ts';
import {
  finishWebhookEvent,
  insertWebhookEvent,
  paymentById,
  paymentByProviderId,
  webhookEventById,
  type PaymentRow,
} from './queries.ts';
import { syncPayment } from './sync-payment.ts';

/**
 * Takes one delivery. A repeated one is known by the provider's event id and changes nothing; one of no interest is kept, and nothing
 * follows from it.
 * @throws KontorError NOT_FOUND for a provider without webhooks, INVALID_SIGNATURE, INVALID_PAYLOAD; any other error is ours, or the provider's key
 * could not be had, and it delivers again
 */
export async function receiveWebhook(
  shop: Shop,
  name: string,
  raw: Buffer,
  headers: Record<string, string | undefined>,
): Promise<void> {
  const provider = Object.hasOwn(shop.providers.payments, name) ? shop.providers.payments[name] : undefined;
  if (!provider?.readWebhook) throw new KontorError('NOT_FOUND');
  const event = await provider.readWebhook(raw, headers).catch((error: unknown) => {
    if (error instanceof PaymentProviderError && error.is_definite)
      throw new KontorError('INVALID_SIGNATURE', {}, error);
    throw error;
  });
  requireStorable(event);
  await inTransaction(shop.db, async (trx) => {
    const stored = await insertWebhookEvent(trx, name, event);
    if (stored && event.ignore == null) await enqueue(trx, 'process-webhook', { webhook_event: stored });
  });
}

const LONGEST_NAME = 255;

/** Signed, and yet nothing that could be kept: delivering it again would not help. @throws KontorError INVALID_PAYLOAD */
function requireStorable({ event_id, type }: ProviderEvent): void {
  const isName = (text: unknown) =>
    typeof text === 'string' && text !== '' && text.length <= LONGEST_NAME && !text.includes('\0');
  if (!isName(event_id) || !isName(type))
    throw new KontorError('INVALID_PAYLOAD', { message: 'This event has no id or type that could be kept.' });
}

/** The job: finds what an event is about and asks the provider for the truth. May run twice. */
export async function processWebhook(shop: Shop, id: string): Promise<void> {
  const stored = await webhookEventById(shop.db, id);
  if (!stored || stored.status === 'processed' || stored.status === 'ignored') return;
  try {
    const reason = await follow(shop, stored.provider, stored.payload);
    await finishWebhookEvent(
      shop.db,
      id,
      reason === null ? { status: 'processed' } : { status: 'ignored', reason },
    );
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    await finishWebhookEvent(shop.db, id, { status: 'failed', error: words });
    throw error;
  }
}

/** @returns why nothing followed, or null */
async function follow(shop: Shop, provider: string, event: ProviderEvent): Promise<string | null> {
  if (event.ignore != null) return event.ignore;
  if (event.provider_setup != null) {
    await syncSetup(shop, provider, event.provider_setup);
    return null;
  }
  if (event.removed_method != null) {
    await forgetMethod(shop.db, provider, event.removed_method);
    return null;
  }
  const known = await paymentOf(shop, provider, event);
  if (known?.provider !== provider) return 'about no payment of this shop';
  await syncPayment(shop, known.id, { hint: event.provider_payment });
  return null;
}

/**
 * By the provider's id, by ours, or by what the provider itself says: news of a refund or a dispute may name a part of the payment,
 * as the intent of a hosted page, and not us.
 */
async function paymentOf(
  shop: Shop,
  provider: string,
  { provider_payment, payment }: ProviderEvent,
): Promise<PaymentRow | undefined> {
  const known = provider_payment && (await paymentByProviderId(shop.db, provider, provider_payment));
  if (known) return known;
  const named = payment ?? (provider_payment && (await ownerOf(shop, provider, provider_payment)));
  return isOurs(named) ? await paymentById(shop.db, named) : undefined;
}

async function ownerOf(shop: Shop, provider: string, provider_payment: string): Promise<string | null> {
  const truth = await answerOf(providerOf(shop, provider).fetch(provider_payment));
  return truth?.payment ?? null;
}

/** Others who use the same account at the provider may write anything under our name for it. */
function isOurs(payment: string | null): payment is string {
  return z.uuid().safeParse(payment).success;
}
