/** Orders at a shop that is paid through Stripe, one line each. */
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Completed } from '../../extensions/commerce-api/src/checkout/complete-checkout.ts';
import { aReadyCart, aShippingMethod, aVariant, place, stockOf, type ReadyCart } from './factories.ts';
import { standingOf, stripeShop, type StripeShop } from './stripe-shop.ts';

export interface Placed {
  order: Completed['order'];
  payment: Completed['payment'];
  cart: ReadyCart;
  variant: string;
  /** The provider's id of the payment; empty where there is none. */
  intent: string;
}

export interface StripeDesk extends StripeShop {
  /** A cart with 2 of a variant, 5 of which are there. */
  aCart: (on_hand?: number) => Promise<{ cart: ReadyCart; variant: string }>;
  /** A cart of the same variant as another's. */
  aCartOf: (variant: string) => Promise<ReadyCart>;
  anOrder: (on_hand?: number, provider?: string) => Promise<Placed>;
  /** An order whose intent exists at the provider, but whose answer we never got. */
  anOrphan: (on_hand?: number) => Promise<Placed>;
  /** Makes the provider fail to take a payment. Its client tries once more by itself, so the fault meets it twice. */
  failToStart: (kind: 'lost_answer' | 'error_before_acting') => void;
  endHold: (order: string) => Promise<void>;
  standing: (order: string) => ReturnType<typeof standingOf>;
  levelOf: (variant: string) => Promise<{ on_hand: number; reserved: number } | undefined>;
}

export async function stripeDesk(): Promise<StripeDesk> {
  const bench = await stripeShop();
  const { shop, emulator } = bench;
  const method = await aShippingMethod(shop);
  const desk: StripeDesk = {
    ...bench,
    async aCart(on_hand = 5) {
      const variant = await aVariant(shop, { on_hand });
      return { variant, cart: await aReadyCart(shop, method, [{ variant, quantity: 2 }]) };
    },
    aCartOf: (variant) => aReadyCart(shop, method, [{ variant, quantity: 1 }]),
    async anOrder(on_hand, provider = 'stripe') {
      const { cart, variant } = await desk.aCart(on_hand);
      const { order, payment } = await place(shop, cart, { provider });
      return { order, payment, variant, cart, intent: payment.provider_payment ?? '' };
    },
    async anOrphan(on_hand) {
      desk.failToStart('lost_answer');
      const placed = await desk.anOrder(on_hand);
      const [intent] = bench.intentsOf(placed.order.id);
      if (placed.intent || !intent) throw new Error('the answer of the provider was not lost');
      return { ...placed, intent: intent.id };
    },
    failToStart(kind) {
      const route = 'POST /v1/payment_intents';
      emulator.faults.add(
        kind === 'lost_answer' ? { kind, route, times: 2 } : { kind, route, times: 2, status: 503 },
      );
    },
    async endHold(order) {
      await row(shop.db, `update orders set expires_at = now() - interval '1 second' where id = ?`, [order]);
    },
    standing: (order) => standingOf(shop, order),
    levelOf: async (variant) => (await stockOf(shop, variant)).level,
  };
  return desk;
}
