/** A guest with a basket, over HTTP: what a storefront sends, and what its answers must say. */
import { randomUUID } from 'node:crypto';
import { METHOD, variantId } from './catalogue.ts';
import type { Send } from './load.ts';

const shipping_address = {
  full_name: 'Ada Bench',
  line1: '1 Load Street',
  city: 'Springfield',
  region: 'IL',
  postal_code: '62701',
  country: 'US',
};

export interface Cart {
  id: string;
  token: string;
  total_minor: number;
}

interface CartView extends Cart {
  lines: { total_minor: number }[];
  shipping_minor: number;
}

interface Placed {
  order: { number: string; total_minor: number; events: unknown[] };
}

/** A refusal of the shop, by its code. */
export class Refused extends Error {}

interface Envelope<Data> {
  data: Data;
  errors?: { extensions?: { code?: string } }[];
}

async function post<Data>(send: Send, path: string, body: object, headers: object = {}): Promise<Data> {
  const answer = await send('POST', path, body, headers);
  const { data, errors } = answer.body as Envelope<Data>;
  if (answer.status === 201) return data;
  throw new Refused(`${answer.status} ${errors?.[0]?.extensions?.code ?? 'without a code'}`);
}

export function aCart(send: Send, skus: readonly string[] = []): Promise<Cart> {
  const lines = skus.map((sku) => ({ variant: variantId(sku), quantity: 1 }));
  if (lines.length === 0) return post<Cart>(send, '/store/carts', {});
  const email = `guest-${randomUUID()}@example.com`;
  return post<Cart>(send, '/store/carts', { lines, email, shipping_address, shipping_method: METHOD });
}

/** @throws Error unless the answer holds the whole cart at a price */
export async function addLine(send: Send, { id, token }: Cart, sku: string): Promise<void> {
  const line = { variant: variantId(sku), quantity: 1 };
  const headers = { 'x-cart-token': token };
  const cart = await post<CartView>(send, `/store/carts/${id}/lines`, line, headers);
  const sum = cart.lines.reduce((all, each) => all + each.total_minor, 0);
  if (!(cart.total_minor > 0) || sum + cart.shipping_minor !== cart.total_minor)
    throw new Error(`a cart of ${sum} and ${cart.shipping_minor} for shipping says ${cart.total_minor}`);
}

/** @throws Error unless the order is the cart's */
export async function complete(send: Send, { id, token, total_minor }: Cart): Promise<void> {
  const { order } = await post<Placed>(
    send,
    `/store/carts/${id}/complete`,
    { expected_total_minor: total_minor, payment: { provider: 'manual' } },
    { 'x-cart-token': token, 'idempotency-key': randomUUID() },
  );
  if (order.total_minor !== total_minor || !order.number || order.events.length !== 1)
    throw new Error(`order ${order.number} is not the one of its cart`);
}
