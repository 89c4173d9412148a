import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { ROLES } from '../../../seeds/access/ids.ts';
import type { Catalogue } from './catalogue.ts';
import type { Planter } from './planter.ts';
import { anAccount } from './staff.ts';

export async function plantCustomer(
  db: Knex,
  plant: Planter,
  name: 'ada' | 'ben',
  { product, variant }: Catalogue,
) {
  const rows: Record<string, string> = {};
  const own = async (table: string, row: object) => (rows[table] = await plant.add(table, row, name));
  const hidden = async (table: string, row: object, as = table) => (rows[as] = await plant.add(table, row));
  const user = await anAccount(plant, name, ROLES.customer);
  const email = `${name}@example.com`;
  const customer = await own('customers', { email, user });
  await db('commerce.provider_customers').insert({
    ...{ provider: 'stripe', customer, provider_customer: `cus_SECRET_${name}` },
  });
  const place = { full_name: name, line1: `${name} street`, city: 'Bern', country: 'CH', postal_code: '1' };
  await own('addresses', { customer, ...place });
  await own('payment_methods', { customer, provider: 'stripe', provider_method: `pm_SECRET_${name}` });
  const cart = await hidden('carts', { customer, currency: 'EUR', token_hash: `SECRET-${randomUUID()}` });
  await hidden('cart_lines', { cart, variant, quantity: 1 });
  const order = await own('orders', {
    ...{ number: `T-${name}`, customer, email, currency: 'EUR', subtotal_minor: 1000, total_minor: 1000 },
    ...{ token_hash: `SECRET-${name}`, network_hash: 'SECRET' },
    ...{ attention_reason: 'SECRET reason', attention_code: 'dispute' },
  });
  const order_line = await own('order_lines', {
    ...{ order, name: 'Tea', quantity: 1, unit_price_minor: 1000, subtotal_minor: 1000, total_minor: 1000 },
    ...{ sku: 'TEA-1', variant, product },
  });
  await own('order_adjustments', { order, kind: 'shipping', label: 'Post', amount_minor: 0 });
  const placed = {
    order,
    kind: 'placed',
    message: 'Placed',
    data: '{"note":"SECRET"}',
    actor_kind: 'customer',
  };
  await own('order_events', placed);
  const asked = { order, kind: 'payment_requested', message: 'SECRET', actor_kind: 'system' };
  await hidden('order_events', asked, 'hidden_event');
  const money = { order, amount_minor: 1000, currency: 'EUR' };
  const payment = await own('payments', {
    ...{ ...money, provider: 'stripe', provider_payment: `pi_SECRET_${name}`, started_at: new Date() },
    ...{ client_data: '{"s":"SECRET"}', request: '{"s":"SECRET"}' },
  });
  await own('refunds', { ...money, payment, status: 'pending', provider_refund: 'SECRET' });
  const dispute = { ...money, payment, provider: 'stripe', status: 'open', reason: 'SECRET' };
  await hidden('disputes', { ...dispute, provider_dispute: `dp_SECRET_${name}` });
  const shipment = await own('shipments', { order });
  await own('shipment_lines', { shipment, order_line, quantity: 1 });
  const returned = await own('returns', { order, note: 'SECRET' });
  await own('return_lines', { return: returned, order_line, quantity: 1 });
  await own('order_notes', { order, body: 'We packed it well', is_public: true });
  await hidden('order_notes', { order, body: 'SECRET', is_public: false }, 'hidden_note');
  const card = { customer, last4: '1234', initial_minor: 5, currency: 'EUR' };
  const gift_card = await own('gift_cards', { ...card, code_hash: `SECRET-${randomUUID()}`, note: 'SECRET' });
  const movement = { delta_minor: 5, note: 'SECRET' };
  await own('gift_card_movements', { ...movement, gift_card, reason: 'issued' });
  const store_credit = await own('store_credits', { customer, currency: 'EUR' });
  await own('store_credit_movements', { ...movement, store_credit, reason: 'granted' });
  await own('stock_notices', { customer, variant, email });
  const wishlist = await own('wishlists', { customer, name: 'Gifts' });
  await own('wishlist_items', { wishlist, variant });
  return { user, customer, rows };
}

export async function plantGuest(
  { add }: Planter,
  { vendor_variant, vendor_product }: Catalogue,
): Promise<void> {
  const money = { subtotal_minor: 1, total_minor: 1 };
  const guest = await add('orders', { number: 'T-guest', email: 'g@example.com', currency: 'EUR', ...money });
  const line = { order: guest, name: 'Pot', quantity: 1, unit_price_minor: 1, ...money, sku: 'POT-1' };
  await add('order_lines', { ...line, variant: vendor_variant, product: vendor_product }, 'vendor');
}
