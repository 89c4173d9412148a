/** A shopper without an account: everything over HTTP, paying on the payment emulator's page. */
import { randomUUID } from 'node:crypto';
import { clientOf, type Keys } from './store-client.ts';

const BROOKLYN = {
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

/** Puts a variant of each product in a cart, checks out and pays by card. Answers when the order is paid. */
export async function buy(
  { url, emulator }: Counter,
  slugs: readonly string[],
  email = 'ada@example.com',
): Promise<Purchase> {
  const call = clientOf(url);
  const ask = async (method: string, path: string, body?: object, keys?: Keys) => {
    const reply = await call(method, path, body, keys);
    if (reply.status >= 400) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.data;
  };

  const lines = [];
  for (const slug of slugs) {
    const { variants } = await ask('GET', `/store/products/${slug}`);
    const variant = variants.find((each: { in_stock: boolean }) => each.in_stock);
    lines.push({ variant: variant.id, quantity: lines.length + 1 });
  }
  const cart = await ask('POST', '/store/carts', { email, shipping_address: BROOKLYN, lines });
  const keys: Keys = { cart_token: cart.token, idempotency_key: randomUUID() };
  const path = `/store/carts/${cart.id}`;
  const [method] = await ask('GET', `${path}/shipping-methods`, undefined, keys);
  const { total_minor } = await ask('PATCH', path, { shipping_method: method.id }, keys);
  const checkout = { expected_total_minor: total_minor, payment: { provider: 'stripe' } };
  const { order, payment, order_token } = await ask('POST', `${path}/complete`, checkout, keys);

  await payByCard(emulator.url, payment.client_data.client_secret);
  const paid = await ask('GET', `/store/orders/${order.id}/payment`, undefined, { order_token });
  if (paid.order.payment_status !== 'paid')
    throw new Error(`${order.number} is ${paid.order.payment_status}`);
  return { id: order.id, number: order.number, total_minor };
}

async function payByCard(emulator_url: string, client_secret: string): Promise<void> {
  const [intent] = client_secret.split('_secret_');
  const body = new URLSearchParams({ card: 'pm_card_visa' });
  const response = await fetch(`${emulator_url}/pay/${intent}`, { method: 'POST', body, redirect: 'manual' });
  if (response.status !== 303) throw new Error(`The payment page answered ${response.status}`);
}
