/** A shop in process that is paid through a payment emulator of its own, whose events the test delivers as it likes. */
import { createHmac } from 'node:crypto';
import Stripe from 'stripe';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { receiveWebhook } from '../../extensions/commerce-api/src/payments/receive-webhook.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { startStripeEmulator, type StripeEmulator } from '../../scripts/emulators/stripe/server.ts';
import type { PaymentProvider } from '../../extensions/commerce-api/src/providers/payment.ts';
import { freshShop, type FreshShop } from './shop.ts';

export const SECRETS = ['whsec_the_new_one', 'whsec_the_old_one'] as const;

export interface StripeShop extends FreshShop {
  emulator: StripeEmulator;
  /** The account's owner at the emulator. */
  stripe: Stripe;
  /** Everything the emulator has told about an intent, oldest first, as bodies of webhooks. */
  eventsOf: (intent: string) => string[];
  /** Brings one event to the webhook. */
  deliver: (body: string, secret?: string) => Promise<void>;
  /** Delivers all that is known of an intent and runs the jobs that follow. */
  hear: (intent: string) => Promise<void>;
  /** The intents the emulator holds for an order. */
  intentsOf: (order: string) => Stripe.PaymentIntent[];
}

export async function stripeShop(): Promise<StripeShop> {
  const emulator = await startStripeEmulator({ port: 0 });
  const fresh = await freshShop({
    env: {
      STRIPE_SECRET_KEY: 'sk_test_tests',
      STRIPE_WEBHOOK_SECRET: SECRETS.join(','),
      STRIPE_API_URL: emulator.url,
    },
  });
  const deliver = (body: string, secret: string = SECRETS[0]) =>
    receiveWebhook(fresh.shop, 'stripe', Buffer.from(body), { 'stripe-signature': signed(body, secret) });
  const eventsOf = (intent: string) =>
    emulator.events
      .list()
      .filter((event) => isAbout(event, intent))
      .map((event) => JSON.stringify(event, null, 2));
  return {
    ...fresh,
    emulator,
    stripe: ownerOf(emulator),
    eventsOf,
    deliver,
    async hear(intent) {
      for (const body of eventsOf(intent)) await deliver(body);
      await fresh.drain();
    },
    intentsOf: (order) =>
      emulator.ledger().payment_intents.filter((intent) => intent.metadata['order'] === order),
    async stop() {
      await fresh.stop();
      await emulator.close();
    },
  };
}

export function ownerOf({ port }: Pick<StripeEmulator, 'port'>): Stripe {
  return new Stripe('sk_test_owner', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

/** `Stripe-Signature` for a body sent now. */
function signed(body: string, secret: string): string {
  const at = Math.floor(Date.now() / 1000);
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
}

function isAbout(event: Stripe.Event, intent: string): boolean {
  const object = event.data.object as { id?: string; payment_intent?: string | null };
  return object.id === intent || object.payment_intent === intent;
}

/** The shopper pays with a test card. @throws Stripe's error when it is declined */
export function payWith(
  stripe: Stripe,
  intent: string,
  payment_method = 'pm_card_visa',
): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.confirm(intent, { payment_method, return_url: 'https://shop.example/return' });
}

/** The shop with one of its providers changed. */
export function withProvider(shop: Shop, name: string, change: Partial<PaymentProvider>): Shop {
  const { [name]: original } = shop.providers.payments;
  return {
    ...shop,
    providers: {
      ...shop.providers,
      payments: { ...shop.providers.payments, [name]: { ...original!, ...change } },
    },
  };
}

/** An order as it stands, with the newest of its payments and the steps of its timeline. */
export async function standingOf(shop: Shop, order: string) {
  const found = await row<{
    status: string;
    payment_status: string;
    total_minor: number;
    paid_minor: number;
    refunded_minor: number;
    needs_attention: boolean;
    attention_reason: string | null;
    cart_status: string;
  }>(
    shop.db,
    `select o.status, o.payment_status, o.total_minor, o.paid_minor, o.refunded_minor, o.needs_attention, o.attention_reason,
       c.status as cart_status
     from orders o left join carts c on c.id = o.cart where o.id = ?`,
    [order],
  );
  const payments = await rows<{
    id: string;
    provider: string;
    status: string;
    provider_payment: string | null;
    attempt: number;
  }>(
    shop.db,
    'select id, provider, status, provider_payment, attempt from payments where "order" = ? order by created_at',
    [order],
  );
  const events = await rows<{ kind: string }>(
    shop.db,
    'select kind from order_events where "order" = ? order by id',
    [order],
  );
  if (!found) throw new Error(`order ${order} does not exist`);
  return { ...found, payments, events: events.map((event) => event.kind) };
}
