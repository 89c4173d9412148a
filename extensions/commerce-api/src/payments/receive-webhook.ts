/** Webhooks: signature first, then stored and enqueued in one transaction, then 200. What they mean is decided by a job. */
import { z } from 'zod';
import { KontorError } from '../errors.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError } from '../providers/payment.ts';
import {
  finishWebhookEvent,
  insertWebhookEvent,
  paymentById,
  paymentByProviderId,
  webhookEventById,
} from './queries.ts';
import { syncPayment } from './sync-payment.ts';

/**
 * Takes one delivery. A repeated one is known by the provider's event id and changes nothing.
 * @throws KontorError NOT_FOUND for a provider without webhooks, INVALID_SIGNATURE
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
  await inTransaction(shop.db, async (trx) => {
    const stored = await insertWebhookEvent(trx, name, event);
    if (stored) await enqueue(trx, 'process-webhook', { webhook_event: stored });
  });
}

/** The job: finds the payment an event is about and asks the provider for the truth. May run twice. */
export async function processWebhook(shop: Shop, id: string): Promise<void> {
  const stored = await webhookEventById(shop.db, id);
  if (!stored || stored.status === 'processed' || stored.status === 'ignored') return;
  const { provider_payment, payment: our_payment } = stored.payload;
  try {
    const known =
      (provider_payment && (await paymentByProviderId(shop.db, stored.provider, provider_payment))) ||
      (isOurs(our_payment) && (await paymentById(shop.db, our_payment))) ||
      null;
    if (!known || known.provider !== stored.provider) {
      await finishWebhookEvent(shop.db, id, { status: 'ignored', error: null });
      return;
    }
    await syncPayment(shop, known.id, provider_payment);
    await finishWebhookEvent(shop.db, id, { status: 'processed', error: null });
  } catch (error) {
    await finishWebhookEvent(shop.db, id, {
      status: 'failed',
      error: error instanceof Error ? error.message : String(error),
    });
    throw error;
  }
}

/** Others who use the same account at the provider may write anything under our name for it. */
function isOurs(payment: string | null): payment is string {
  return z.uuid().safeParse(payment).success;
}
