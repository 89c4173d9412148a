/** Carts and orders of a running shop, over HTTP. */
import { randomUUID } from 'node:crypto';
import { inTransaction, insertRows } from '../../extensions/commerce-api/src/platform/database.ts';
import { ADDRESS, aShippingMethod, aVariant, type VariantOptions } from './factories.ts';
import { startServer, type ServerOptions, type TestServer } from './server.ts';
import { clientOf, type Call, type Customer, type Keys, type Reply } from './store-client.ts';

export interface Cart {
  id: string;
  /** What opens it. */
  keys: Keys;
  /** As it was when it was made. */
  data: Reply['data'];
}

export interface Counter {
  server: TestServer;
  call: Call;
  method: string;
  /** A published variant, 100 of which are there. */
  variantOf: (options?: VariantOptions) => Promise<string>;
  /** A guest's cart, or a customer's. */
  aCart: (body?: object, customer?: Customer) => Promise<Cart>;
  /** One with everything an order needs. */
  aFullCart: (variant: string, customer?: Customer, more?: object) => Promise<Cart>;
  /** Reads a cart with its own keys or others. */
  read: (cart: Cart, keys?: Keys) => Promise<Reply>;
  /** Orders a cart at the total it showed, to be paid by hand. */
  order: (cart: Cart, total_minor?: number) => Promise<Reply>;
  /** A code that takes a tenth off the goods. */
  aCode: (promotion?: Record<string, unknown>) => Promise<string>;
}

export async function startCounter(options: ServerOptions = {}): Promise<Counter> {
  const server = await startServer(options);
  const { shop } = server;
  const call = clientOf(server.url);
  const method = await aShippingMethod(shop);
  const counter: Counter = {
    server,
    call,
    method,
    variantOf: (options) => aVariant(shop, { on_hand: 100, ...options }),
    async aCart(body = {}, customer) {
      const { status, data, text } = await call('POST', '/store/carts', body, { token: customer?.token });
      if (status !== 201) throw new Error(`starting a cart answered ${status} ${text}`);
      return { id: data.id, data, keys: customer ? { token: customer.token } : { cart_token: data.token } };
    },
    aFullCart: (variant, customer, more) => {
      const email = `ada-${randomUUID()}@example.com`;
      const lines = [{ variant, quantity: 1 }];
      return counter.aCart(
        { email, shipping_address: ADDRESS, shipping_method: method, lines, ...more },
        customer,
      );
    },
    read: (cart, keys = cart.keys) => call('GET', `/store/carts/${cart.id}`, undefined, keys),
    order: (cart, total_minor = cart.data.total_minor) => {
      const body = { expected_total_minor: total_minor, payment: { provider: 'manual' } };
      const keys = { ...cart.keys, idempotency_key: randomUUID() };
      return call('POST', `/store/carts/${cart.id}/complete`, body, keys);
    },
    async aCode(promotion = {}) {
      const code = `CODE-${randomUUID().slice(0, 8)}`.toUpperCase();
      const fixed = { id: randomUUID(), name: code, code, status: 'active', kind: 'percentage' };
      const usual = { value_ppm: 100_000, usage_count: 0, stackable: false, priority: 0 };
      await inTransaction(shop.db, (trx) =>
        insertRows(trx, 'promotions', [{ ...fixed, ...usual, ...promotion }]),
      );
      return code;
    },
  };
  return counter;
}
