/** A member of staff does everything that moves money, goods or what is owed, over HTTP; each step says by which route. */
import { randomUUID } from 'node:crypto';
import { lockOrder } from '../../extensions/commerce-api/src/orders/queries.ts';
import { flagOrder } from '../../extensions/commerce-api/src/payments/flag-order.ts';
import { inTransaction } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Counter } from '../support/http-carts.ts';
import { aCustomer, type Keys, type Reply } from '../support/store-client.ts';

/** Does one step and says whether it left its trace. */
export type Step = (route: string, path: string, body?: object) => Promise<Reply>;

export async function walkThrough(counter: Counter, step: Step): Promise<void> {
  const variant = await counter.variantOf();
  await sellAndRefund(counter, step, variant);
  await takeBack(counter, step, variant);
  await callOff(counter, step, variant);
  await giveMoney(counter, step);
  await moveGoods(counter, step, variant);
}

async function anOrder(counter: Counter, variant: string) {
  const { data, status, text } = await counter.order(await counter.aFullCart(variant));
  if (status !== 201) throw new Error(`ordering answered ${status} ${text}`);
  const id = data.order.id as string;
  const line = await counter.server.db('order_lines').where({ order: id }).first('id');
  const version = await counter.server.db('orders').where({ id }).first('version');
  const keys: Keys = { order_token: data.order_token as string };
  return { id, line: line.id as string, version: Number(version.version), keys };
}

async function sellAndRefund(counter: Counter, step: Step, variant: string): Promise<void> {
  const order = await anOrder(counter, variant);
  const path = `/staff/orders/${order.id}`;
  const wish = { version: order.version, reason: 'Two', lines: [{ line: order.line, quantity: 2 }] };
  await step('POST /staff/orders/:order/edits', `${path}/edits`, wish);
  await step('POST /staff/orders/:order/mark-paid', `${path}/mark-paid`);
  await step('POST /staff/orders/:order/refunds', `${path}/refunds`, { amount_minor: 1, reason: 'x' });
  await inTransaction(counter.server.db, async (trx) =>
    flagOrder(trx, (await lockOrder(trx, order.id))!, 'dispute', 'x', { actor_kind: 'system' }),
  );
  await step('POST /staff/orders/:order/attention/resolve', `${path}/attention/resolve`, {});
  const shipped = await step('POST /staff/orders/:order/ship', `${path}/ship`, {});
  const { shipment } = (JSON.parse(shipped.text) as { meta: { shipment: string } }).meta;
  await step('POST /staff/shipments/:shipment/deliver', `/staff/shipments/${shipment}/deliver`, {});
  const lines = [{ order_line: order.line, quantity: 1 }];
  await step('POST /staff/orders/:order/restock', `${path}/restock`, { lines });
}

async function takeBack(counter: Counter, step: Step, variant: string): Promise<void> {
  for (const decision of ['approve', 'reject']) {
    const order = await anOrder(counter, variant);
    const path = `/staff/orders/${order.id}`;
    await step('POST /staff/orders/:order/mark-paid', `${path}/mark-paid`);
    await step('POST /staff/orders/:order/ship', `${path}/ship`, {});
    const lines = [{ order_line: order.line, quantity: 1 }];
    const keys = { ...order.keys, idempotency_key: randomUUID() };
    const asked = await counter.call('POST', `/store/orders/${order.id}/returns`, { lines }, keys);
    const entry = (JSON.parse(asked.text) as { meta: { return: string } }).meta.return;
    await step(`POST /staff/returns/:return/${decision}`, `/staff/returns/${entry}/${decision}`, {});
    if (decision === 'reject') continue;
    await step('POST /staff/returns/:return/receive', `/staff/returns/${entry}/receive`, {});
    await step('POST /staff/returns/:return/refund', `/staff/returns/${entry}/refund`, {});
  }
}

async function callOff(counter: Counter, step: Step, variant: string): Promise<void> {
  const order = await anOrder(counter, variant);
  await step('POST /staff/orders/:order/cancel', `/staff/orders/${order.id}/cancel`, {});
}

async function giveMoney({ call, server }: Counter, step: Step): Promise<void> {
  const { data: card } = await step('POST /staff/gift-cards', '/staff/gift-cards', {
    initial_minor: 100,
    currency: 'USD',
  });
  const path = `/staff/gift-cards/${card.id}`;
  await step('POST /staff/gift-cards/:gift_card/adjust', `${path}/adjust`, { delta_minor: 5, note: 'x' });
  await step('PATCH /staff/gift-cards/:gift_card', path, { status: 'disabled' });
  const { email } = await aCustomer(call);
  const { id } = await server.db('customers').where({ email }).first('id');
  const credit = { delta_minor: 5, currency: 'USD', note: 'x' };
  await step('POST /staff/customers/:customer/store-credit', `/staff/customers/${id}/store-credit`, credit);
}

async function moveGoods({ server }: Counter, step: Step, variant: string): Promise<void> {
  const { location } = await server.db('stock_levels').where({ variant }).first('location');
  await step('POST /staff/stock/adjust', '/staff/stock/adjust', { variant, location, delta: 3 });
  const to = randomUUID();
  await server.db('stock_locations').insert({ id: to, name: 'Shed', code: to, active: true });
  const lines = [{ variant, quantity: 1 }];
  await step('POST /staff/stock/transfer', '/staff/stock/transfer', { from: location, to, lines });
}
