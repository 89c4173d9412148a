/** Shoppers of `bench overload`: one half looks, the other half buys; each takes a refusal as a storefront should. */
import { randomUUID } from 'node:crypto';
import type { Send } from './load.ts';
import { aCart, Refused, type Cart } from './shopper.ts';

export interface Walk {
  began_ms: number;
  took_ms: number;
  outcome: 'looked' | 'ordered' | 'refused' | 'failed';
  /** Why it did not get to its end. */
  reason: string | null;
  cart: string | null;
  /** The shop said that there is an order. */
  is_told: boolean;
  /** The shop said that it is paid. */
  is_paid: boolean;
}

export interface Walks {
  /** One walk to its end. */
  one: () => Promise<void>;
  /** So many begin in a second, whether earlier ones have ended or not. */
  arrive: (per_second: number, seconds: number) => Promise<void>;
  /** All that have ended, once all that have begun have. */
  finished: () => Promise<Walk[]>;
}

const STEP_MS = 20;
/** Who is refused at the till tries so often, each time after as long as the shop asks for. */
const TRIES = 3;
const AGAIN_MS = 2_000;

interface Placed {
  order: { id: string };
  order_token: string;
  payment: { client_data: { client_secret: string } };
}

interface Parts {
  send: Send;
  /** Pays at the provider's page, by the secret a shopper's browser has. */
  pay: (client_secret: string) => Promise<void>;
  next: () => string;
}

export function startWalks({ send, pay, next }: Parts): Walks {
  const ended: Walk[] = [];
  const underway = new Set<Promise<void>>();
  let lists = 0;
  let came = 0;

  /** A list nobody has asked for before. */
  const look = async () => {
    const { status } = await send('GET', `/store/products?limit=24&min_price=${(lists += 1)}`);
    if (status !== 200) throw new Refused(`${status} at a list`);
  };

  async function placed({ id, token, total_minor }: Cart): Promise<Placed> {
    const headers = { 'x-cart-token': token, 'idempotency-key': randomUUID() };
    const body = { expected_total_minor: total_minor, payment: { provider: 'stripe' } };
    for (let tries = 1; ; tries += 1) {
      const answer = await send('POST', `/store/carts/${id}/complete`, body, headers);
      const { data, errors } = answer.body as {
        data: Placed;
        errors?: { extensions?: { code?: string; retry_after_s?: number } }[];
      };
      if (answer.status === 201) return data;
      const { code = 'without a code', retry_after_s } = errors?.[0]?.extensions ?? {};
      if (retry_after_s === undefined || tries === TRIES)
        throw new Refused(`${answer.status} ${code} at the till`);
      await new Promise((resolve) => setTimeout(resolve, retry_after_s * 1000));
    }
  }

  async function buy(walk: Walk): Promise<void> {
    await look().catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
    const cart = await aCart(send, [next(), next()]);
    walk.cart = cart.id;
    const { order, order_token, payment } = await placed(cart);
    walk.is_told = true;
    await pay(payment.client_data.client_secret);
    const path = `/store/orders/${order.id}/payment`;
    // Whoever has paid asks until they are told.
    for (;;) {
      const { status, body } = await send('GET', path, undefined, { 'x-order-token': order_token });
      if (status === 200) {
        const { data } = body as { data: { order: { payment_status: string } } };
        walk.is_paid = data.order.payment_status === 'paid';
        return;
      }
      if (status !== 503) throw new Refused(`${status} on coming back`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  async function one(): Promise<void> {
    const walk: Walk = {
      began_ms: performance.now(),
      took_ms: 0,
      outcome: 'failed',
      reason: null,
      cart: null,
      is_told: false,
      is_paid: false,
    };
    try {
      if ((came += 1) % 2 === 0) {
        await look();
        await look();
        walk.outcome = 'looked';
      } else {
        await buy(walk);
        walk.outcome = 'ordered';
      }
    } catch (error) {
      walk.outcome = error instanceof Refused && error.message.startsWith('503') ? 'refused' : 'failed';
      walk.reason = error instanceof Error ? error.message : String(error);
    }
    walk.took_ms = performance.now() - walk.began_ms;
    ended.push(walk);
  }

  return {
    one,
    async arrive(per_second, seconds) {
      const began = performance.now();
      let arrived = 0;
      while (performance.now() - began < seconds * 1000) {
        const due = Math.floor(((performance.now() - began) / 1000) * per_second);
        for (; arrived < due; arrived += 1) {
          const walk = one();
          underway.add(walk);
          void walk.then(() => underway.delete(walk));
        }
        await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      }
    },
    async finished() {
      while (underway.size > 0) await Promise.all(underway);
      return ended;
    },
  };
}
