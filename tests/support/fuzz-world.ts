/** A shop with something in every state a route can meet, the people who may ask for it, and what placeholders stand for. */
import { randomUUID } from 'node:crypto';
import { ROLES } from '../../seeds/access/ids.ts';
import { ADDRESS, aShippingMethod, aVariant } from './factories.ts';
import type { Actor, FuzzRequest } from './fuzz-request.ts';
import type { TestServer } from './server.ts';
import { aCustomer, clientOf, type Customer, type Keys, type Reply } from './store-client.ts';

export interface FuzzWorld {
  /** The request as it is sent: placeholders filled in, the actor's tokens put on. */
  fill: (request: FuzzRequest) => FuzzRequest;
  /** New carts and orders where the old ones have been used up; ids of what has come to be meanwhile. */
  renew: () => Promise<void>;
}

/** Where ids of each kind are. The newest come first, so that small numbers mean what was just made. */
const POOLS: Record<string, string> = {
  address: 'select id from addresses order by created_at desc nulls last',
  brand: 'select id from brands',
  category: 'select id from categories',
  category_slug: 'select slug from categories',
  customer: 'select id from customers',
  email: `select email from directus_users where email is not null`,
  event: 'select id from webhook_events',
  file: 'select id from directus_files',
  gift_card: 'select id from gift_cards order by created_at desc',
  job: 'select id from graphile_worker.jobs',
  line: 'select l.id from cart_lines l join carts c on c.id = l.cart order by c.updated_at desc nulls last',
  location: 'select id from stock_locations',
  order_line: 'select l.id from order_lines l join orders o on o.id = l."order" order by o.created_at desc',
  payment_method: 'select id from payment_methods',
  promotion: 'select id from promotions',
  refund: 'select id from refunds order by created_at desc',
  return: 'select id from returns order by created_at desc',
  shipment: 'select id from shipments order by created_at desc',
  shipping_method: 'select id from shipping_methods',
  slug: `select slug from products where status = 'published'`,
  code: `select code from promotions where code is not null`,
  user: 'select id from directus_users',
};

const FIXED: Record<string, string[]> = {
  currency: ['USD', 'EUR', 'CHF'],
  country: ['US', 'DE', 'CH'],
  provider: ['manual', 'stripe', 'cash_on_delivery'],
  key: ['the-same-key', 'another-key'],
};

const NOBODYS_ID = '00000000-0000-4000-8000-000000000000';
/** Numbers, so JSON takes them without quotes. */
const NUMBERS = ['total', 'version'];

export async function fuzzWorld(server: TestServer): Promise<FuzzWorld> {
  const { shop, db } = server;
  const call = clientOf(server.url);
  const staff = {
    order_staff: await aMember('order_staff'),
    catalogue_staff: await aMember('catalogue_staff'),
  };
  const method = await aShippingMethod(shop);
  let customer: Customer = await aCustomer(call);
  let guest: Keys = {};
  let pools: Record<string, string[]> = {};
  /** What each of them would ask about. */
  let own: Partial<Record<Actor, Record<string, string>>> = {};

  async function aMember(role: 'order_staff' | 'catalogue_staff'): Promise<string> {
    const token = `fuzz-${role}-${randomUUID()}`;
    const account = {
      id: randomUUID(),
      email: `${role}@example.com`,
      role: ROLES[role],
      status: 'active',
      token,
    };
    await db('directus_users').insert(account);
    return token;
  }

  async function made(what: string, reply: Promise<Reply>): Promise<Reply['data']> {
    const { status, data, text } = await reply;
    if (status >= 300) throw new Error(`${what} answered ${status} ${text}`);
    return data;
  }

  async function aCart(lines: object[], keys: Keys = {}): Promise<Reply['data']> {
    const body = {
      lines,
      email: `g-${randomUUID()}@example.com`,
      shipping_address: ADDRESS,
      shipping_method: method,
    };
    return made('a cart', call('POST', '/store/carts', body, keys));
  }

  async function anOrder(lines: object[], keys: Keys, provider = 'manual') {
    const cart = await aCart(lines, keys);
    const body = { expected_total_minor: cart.total_minor, payment: { provider } };
    const holder = { ...(keys.token ? keys : { cart_token: cart.token }), idempotency_key: randomUUID() };
    const { order } = await made('an order', call('POST', `/store/carts/${cart.id}/complete`, body, holder));
    return order;
  }

  async function renew(): Promise<void> {
    // What earlier requests did to the shop's people and goods shall not keep the next from getting anywhere.
    const { status } = await call('GET', '/store/me', undefined, { token: customer.token });
    if (status !== 200) customer = await aCustomer(call);
    await db('shop_settings').update({ max_unpaid_per_customer: 1_000_000 });
    const admin = { token: server.admin_token };
    const variants = [
      await aVariant(shop, { on_hand: 1_000 }),
      await aVariant(shop, { on_hand: 1_000, price_minor: 2_500 }),
    ];
    const lines = variants.map((variant) => ({ variant, quantity: 3 }));
    const mine = { token: customer.token };
    const key = () => ({ ...admin, idempotency_key: randomUUID() });
    const guests_cart = await aCart(lines);
    const my_cart = await aCart(lines, mine);
    const guests_order = await anOrder(lines, {});
    const my_order = await anOrder(lines, mine);
    const open_order = await anOrder(lines, mine, 'stripe');
    for (const order of [guests_order, my_order])
      await made('paying', call('POST', `/staff/orders/${order.id}/mark-paid`, undefined, admin));
    const half = {
      lines: my_order.lines.map((line: { id: string }) => ({ order_line: line.id, quantity: 1 })),
    };
    await made('shipping', call('POST', `/staff/orders/${my_order.id}/ship`, half, key()));
    const returned = { lines: [{ order_line: my_order.lines[0].id, quantity: 1 }] };
    await made('a return', call('POST', `/staff/orders/${my_order.id}/returns`, returned, key()));
    await made('a refund', call('POST', `/staff/orders/${my_order.id}/refunds`, { amount_minor: 1 }, key()));
    await made('a card', call('POST', '/staff/gift-cards', { initial_minor: 5_000, currency: 'USD' }, admin));
    await made('an address', call('POST', '/store/me/addresses', ADDRESS, mine)).catch(() => null);
    const draft = await made(
      'a draft',
      call('POST', '/staff/drafts', { email: 'd@example.com', lines }, admin),
    );
    guest = { cart_token: guests_cart.token, order_token: guests_order.token };
    pools = { ...FIXED };
    for (const [kind, statement] of Object.entries(POOLS)) {
      const { rows } = await db.raw(`select x::text as x from (${statement} limit 30) as t(x)`);
      pools[kind] = (rows as { x: string }[]).map(({ x }) => x);
    }
    const lineOf = async (table: string, column: string, of: string): Promise<string> =>
      (await db(table).where(column, of).pluck('id'))[0] as string;
    const ownOf = async (cart: Reply['data'], order: Reply['data']) => ({
      cart: cart.id as string,
      order: order.id as string,
      total: String(cart.total_minor),
      line: await lineOf('cart_lines', 'cart', cart.id),
      order_line: await lineOf('order_lines', 'order', order.id),
    });
    const of_staff = {
      ...(await ownOf(draft, my_order)),
      version: String(await db('orders').where({ id: my_order.id }).pluck('version')),
    };
    own = {
      guest: await ownOf(guests_cart, guests_order),
      customer: { ...(await ownOf(my_cart, my_order)), email: customer.email },
      order_staff: of_staff,
      catalogue_staff: of_staff,
      admin: of_staff,
    };
    pools['cart'] = [guests_cart.id, my_cart.id, draft.id, randomUUID()];
    pools['draft'] = [draft.id, guests_cart.id];
    pools['order'] = [guests_order.id, my_order.id, open_order.id];
    pools['total'] = [guests_cart, my_cart, draft].map(({ total_minor }) => String(total_minor));
    pools['version'] = [guests_order, my_order].map(({ version }) => String(version ?? 1));
    pools['cart_token'] = [guests_cart.token];
    pools['variant'] = [...variants, ...(await db('product_variants').limit(20).pluck('id'))];
    pools['product'] = await db('products').orderBy('created_at', 'desc').limit(20).pluck('id');
    pools['email'] = [customer.email, ...(pools['email'] ?? [])];
    pools['setup'] = pools['payment_method'] ?? [];
  }

  function real(as: Actor, kind: string, index: string): string {
    const mine = index === '0' ? own[as]?.[kind] : undefined;
    const pool = pools[kind] ?? [];
    return mine ?? pool[Number(index) % Math.max(pool.length, 1)] ?? NOBODYS_ID;
  }
  const numbers = new RegExp(`"~(${NUMBERS.join('|')})\\.(\\d+)~"`, 'g');
  const filled = (as: Actor, text: string) =>
    text
      .replace(numbers, (_all, kind: string, index: string) => real(as, kind, index))
      .replace(/~([a-z_]+)\.(\d+)~/g, (_all, kind: string, index: string) => real(as, kind, index));
  const tokens: Record<Actor, () => Keys> = {
    anonymous: () => ({}),
    guest: () => guest,
    customer: () => ({ token: customer.token }),
    order_staff: () => ({ token: staff.order_staff }),
    catalogue_staff: () => ({ token: staff.catalogue_staff }),
    admin: () => ({ token: server.admin_token }),
  };

  await renew();
  return {
    renew,
    fill: (request) => {
      const { token, cart_token, order_token } = tokens[request.as]();
      const keys = {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(cart_token && { 'x-cart-token': cart_token }),
        ...(order_token && { 'x-order-token': order_token }),
      };
      const headers = Object.entries(request.headers).map(([name, value]) => [
        name,
        filled(request.as, value),
      ]);
      return {
        ...request,
        target: filled(request.as, request.target),
        headers: { ...keys, ...Object.fromEntries(headers) },
        body: typeof request.body === 'string' ? filled(request.as, request.body) : request.body,
      };
    },
  };
}
