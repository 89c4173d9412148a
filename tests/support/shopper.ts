/** A shopper without an account: everything over HTTP, paying on the payment emulator's page. */
import { randomUUID } from 'node:crypto';

export const BROOKLYN = {
  full_name: 'Ada Lovelace',
  company: 'Analytical Engines',
  phone: '+1 718 555 0100',
  line1: '12 Water Street',
  city: 'Brooklyn',
  region: 'NY',
  postal_code: '11201',
  country: 'US',
};

export interface Counter {
  url: string;
  emulator: { url: string };
}

export interface Purchase {
  id: string;
  number: string;
  total_minor: number;
}

/** Puts the first variant of each product in a cart, checks out and pays by card. Answers when the order is paid. */
export async function buy(counter: Counter, slugs: readonly string[], email = 'ada@example.com'): Promise<Purchase> {
  const lines: { variant: string; quantity: number }[] = [];
  for (const slug of slugs) {
    const product = await ask(counter, 'GET', `/store/products/${slug}`);
    const variant = product.variants.find((each: { available: unknown }) => each.available !== 0) ?? product.variants[0];
    lines.push({ variant: variant.id, quantity: lines.length + 1 });
  }
  const cart = await ask(counter, 'POST', '/store/carts', { email, shipping_address: BROOKLYN, lines });
  const asHolder = { 'x-cart-token': cart.token };
  const [method] = await ask(counter, 'GET', `/store/carts/${cart.id}/shipping-methods`, undefined, asHolder);
  const { total_minor } = await ask(counter, 'PATCH', `/store/carts/${cart.id}`, { shipping_method: method.id }, asHolder);
  const placed = await ask(
    counter,
    'POST',
    `/store/carts/${cart.id}/complete`,
    { expected_total_minor: total_minor, payment: { provider: 'stripe' } },
    { ...asHolder, 'idempotency-key': randomUUID() },
  );
  await payByCard(counter, placed.payment.client_data.client_secret);
  const paid = await ask(counter, 'GET', `/store/orders/${placed.order.id}/payment`, undefined, {
    'x-order-token': placed.order_token,
  });
  if (paid.order.payment_status !== 'paid') throw new Error(`${paid.order.number} is ${paid.order.payment_status}`);
  return { id: paid.order.id, number: paid.order.number, total_minor: paid.order.total_minor };
}

async function payByCard({ emulator }: Counter, client_secret: string): Promise<void> {
  const [intent] = client_secret.split('_secret_');
  const body = new URLSearchParams({ card: 'pm_card_visa' });
  const response = await fetch(`${emulator.url}/pay/${intent}`, { method: 'POST', body, redirect: 'manual' });
  if (response.status !== 303) throw new Error(`The payment page answered ${response.status}`);
}

/** The `data` of an answer, which each caller knows the shape of. */
async function ask(
  { url }: Counter,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<ReturnType<typeof JSON.parse>> {
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text).data;
}
