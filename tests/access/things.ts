/** What the routes are asked about: a guest's cart and order, a customer's, and one of everything staff work on. */
import { randomUUID } from 'node:crypto';
import { inTransaction, insertRows, row } from '../../extensions/commerce-api/src/platform/database.ts';
import { enqueue } from '../../extensions/commerce-api/src/platform/jobs.ts';
import { ROLES } from '../../extensions/commerce-api/src/platform/roles.ts';
import { ADDRESS } from '../support/factories.ts';
import type { Counter } from '../support/http-carts.ts';
import { aCustomer, type Keys, type Reply } from '../support/store-client.ts';
import type { RouteCaller } from './routes.ts';

/** By the names the parameters of the paths have, and what bodies need beside them. */
export type Things = Record<
  | 'slug' | 'variant' | 'location' | 'address' | 'setup' | 'method' | 'cart' | 'line' | 'code' | 'gift_card' | 'order'
  | 'order_line' | 'refund' | 'shipment' | 'return' | 'customer' | 'draft' | 'promotion' | 'job' | 'event' | 'provider' | 'name' | 'shed' | 'session',
  string
>; // prettier-ignore

export interface Stage {
  keys: Record<RouteCaller, Keys>;
  /** Of a guest, whose tokens the holder has; staff work on these. */
  guests: Things;
  /** Of the customer. */
  customers: Things;
  users: Record<'order_staff' | 'catalogue_staff' | 'administrator', string>;
}

export async function setStage(counter: Counter): Promise<Stage> {
  const { call, server } = counter;
  const { db } = server;
  const [customer, other_customer] = [await aCustomer(call), await aCustomer(call)];
  const variant = await counter.variantOf();
  await counter.aFullCart(variant, other_customer);
  const guest = await aCartAndOrder(counter, variant);
  const another = await aCartAndOrder(counter, variant);
  const bought = await aCartAndOrder(counter, variant, customer);
  const administrator = { token: server.admin_token };
  const [order_staff, catalogue_staff, vendor] = await Promise.all([
    aStaffUser(counter, ROLES.order_staff),
    aStaffUser(counter, ROLES.catalogue_staff),
    aStaffUser(counter, ROLES.vendor),
  ]);
  const keys: Record<RouteCaller, Keys> = {
    anonymous: {},
    customer: { token: customer.token },
    other_customer: { token: other_customer.token },
    holder: guest.keys,
    holder_of_another: another.keys,
    holder_of_swapped_tokens: { cart_token: guest.keys.order_token, order_token: guest.keys.cart_token },
    other_customer_with_tokens: { ...another.keys, token: other_customer.token },
    vendor: vendor.keys,
    catalogue_staff: catalogue_staff.keys,
    order_staff: order_staff.keys,
    administrator,
  };
  const known = await row<{ location: string; slug: string; customer: string; admin: string }>(
    db,
    `select (select location from stock_levels where variant = ?) as location,
       (select p.slug from products p join product_variants v on v.product = p.id where v.id = ?) as slug,
       (select id from customers where email = ?) as customer,
       (select id from directus_users where token = ?) as admin`,
    [variant, variant, customer.email, server.admin_token],
  );
  const fixed = { variant, location: known!.location, slug: known!.slug, customer: known!.customer };
  const of_customer = await whatTheCustomerKeeps(counter, customer, known!.customer);
  const for_staff = await whatStaffWorkOn(counter, variant, administrator);
  const shed = randomUUID();
  await db('stock_locations').insert({ id: shed, name: 'Shed', code: shed, active: true, priority: -1 });
  const rest = { shed, code: 'NONE', provider: 'stripe', name: 'page.css' };
  return {
    keys,
    guests: { ...fixed, ...rest, ...of_customer, ...for_staff, ...guest.things },
    customers: { ...fixed, ...rest, ...of_customer, ...for_staff, ...bought.things },
    users: { order_staff: order_staff.id, catalogue_staff: catalogue_staff.id, administrator: known!.admin },
  };
}

async function aStaffUser(counter: Counter, role: string): Promise<{ id: string; keys: Keys }> {
  const [id, token] = [randomUUID(), randomUUID()];
  await counter.server
    .db('directus_users')
    .insert({ id, email: `${token}@example.com`, role, status: 'active', token });
  return { id, keys: { token } };
}

async function aCartAndOrder(counter: Counter, variant: string, customer?: { token: string; email: string }) {
  const { data: placed } = worked(await counter.order(await counter.aFullCart(variant, customer)));
  const cart = await counter.aFullCart(variant, customer);
  const order = placed.order.id as string;
  const line = await counter.server.db('order_lines').where({ order }).first('id');
  return {
    keys: customer ? {} : { cart_token: cart.keys.cart_token, order_token: placed.order_token as string },
    things: { cart: cart.id, line: cart.data.lines[0].id as string, order, order_line: line.id as string },
  };
}

async function whatTheCustomerKeeps(
  { call, server }: Counter,
  { token, email }: { token: string; email: string },
  customer: string,
) {
  const address = worked(await call('POST', '/store/me/addresses', ADDRESS, { token }));
  const setup = worked(await call('POST', '/store/me/payment-methods', { provider: 'stripe' }, { token }));
  const method = randomUUID();
  await server
    .db('payment_methods')
    .insert({ id: method, customer, provider: 'stripe', provider_method: 'pm_1' });
  worked(await call('POST', '/store/auth/login', { email, password: 'tulips-on-tuesday' }));
  const sessions = worked(await call('GET', '/store/me/sessions', undefined, { token })).data;
  const session = sessions.find((each: { is_current: boolean }) => !each.is_current).id as string;
  return { address: address.data.id as string, setup: setup.data.setup as string, method, session };
}

async function whatStaffWorkOn(counter: Counter, variant: string, admin: Keys) {
  const { db } = counter.server;
  const staff = async (path: string, body: object) =>
    worked(await counter.call('POST', path, body, { ...admin, idempotency_key: randomUUID() }));
  const { order, order_line } = (await aCartAndOrder(counter, variant)).things;
  await staff(`/staff/orders/${order}/mark-paid`, {});
  const shipped = JSON.parse((await staff(`/staff/orders/${order}/ship`, {})).text);
  const returned = JSON.parse((await staff(`/staff/orders/${order}/returns`, { lines: [{ order_line, quantity: 1 }] })).text); // prettier-ignore
  const refunded = await staff(`/staff/orders/${order}/refunds`, { amount_minor: 1, reason: 'x' });
  const gift_card = await staff('/staff/gift-cards', { initial_minor: 100, currency: 'USD' });
  const draft = await staff('/staff/drafts', {});
  const [promotion, event] = [randomUUID(), randomUUID()];
  const failed = { provider: 'stripe', event_id: event, type: 'x', payload: '{}', status: 'failed' };
  await inTransaction(db, async (trx) => {
    await insertRows(trx, 'promotions', [{ id: promotion, name: 'Ten', kind: 'percentage', value_ppm: 100_000, requires_code: true }]); // prettier-ignore
    await insertRows(trx, 'webhook_events', [{ id: event, ...failed }]);
    await enqueue(trx, 'clean-up', {});
  });
  const jobs = 'graphile_worker._private_jobs';
  const job = await db(jobs).orderBy('id', 'desc').first('id');
  await db.raw(`update ${jobs} set attempts = max_attempts, last_error = 'x' where id = ?`, [job.id]);
  return {
    shipment: shipped.meta.shipment as string,
    return: returned.meta.return as string,
    refund: refunded.data.refunds[0].id as string,
    gift_card: gift_card.data.id as string,
    draft: draft.data.id as string,
    promotion,
    event,
    job: String(job.id),
  };
}

function worked(reply: Reply): Reply {
  if (reply.status >= 300) throw new Error(`setting the stage answered ${reply.status} ${reply.text}`);
  return reply;
}
