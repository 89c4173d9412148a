/** What shoppers and staff do in the kill test, a step at a time: each picks what it works on by chance from what is there. */
import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import {
  addCode,
  addGiftCard,
  addToCart,
  createCart,
  updateDetails,
} from '../../extensions/commerce-api/src/cart/change-cart.ts';
import type { QuotedCart } from '../../extensions/commerce-api/src/cart/quote-cart.ts';
import { completeCheckout } from '../../extensions/commerce-api/src/checkout/complete-checkout.ts';
import { payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import { paymentStatus } from '../../extensions/commerce-api/src/checkout/payment-status.ts';
import { isKontorError } from '../../extensions/commerce-api/src/errors.ts';
import { issueGiftCard } from '../../extensions/commerce-api/src/gift-cards/issue-gift-card.ts';
import { changeStoreCredit } from '../../extensions/commerce-api/src/gift-cards/store-credit.ts';
import { adjustStock } from '../../extensions/commerce-api/src/inventory/adjust-stock.ts';
import { transferStock } from '../../extensions/commerce-api/src/inventory/transfer-stock.ts';
import { deliverShipment } from '../../extensions/commerce-api/src/orders/change-shipment.ts';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { decideReturn } from '../../extensions/commerce-api/src/orders/decide-return.ts';
import { editOrder } from '../../extensions/commerce-api/src/orders/edit-order.ts';
import { EditWish } from '../../extensions/commerce-api/src/orders/edit-wish.ts';
import { linesOf, orderById, type OrderRow } from '../../extensions/commerce-api/src/orders/queries.ts';
import { receiveReturn } from '../../extensions/commerce-api/src/orders/receive-return.ts';
import { refundReturn } from '../../extensions/commerce-api/src/orders/refund-return.ts';
import { requestReturn } from '../../extensions/commerce-api/src/orders/request-return.ts';
import { shipOrder } from '../../extensions/commerce-api/src/orders/ship-order.ts';
import { receiveMoney } from '../../extensions/commerce-api/src/payments/receive-money.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { changed, row } from '../../extensions/commerce-api/src/platform/database.ts';
import { enqueue } from '../../extensions/commerce-api/src/platform/jobs.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { ADDRESS } from './factories.ts';
import type { Ask, Confirmed, Goods, ReturnStatus } from './kill-protocol.ts';

export interface Actor {
  shop: Shop;
  goods: Goods;
  random: () => number;
  confirm: (confirmed: Confirmed) => void;
  /** Sends a cart. A refusal is an answer, too. */
  ask: (ask: Ask) => Promise<void>;
}

interface Step {
  name: string;
  run: (actor: Actor) => Promise<void>;
}

/** Each with how often it comes. */
const STEPS: [number, Step['run']][] = [
  [8, shopping],
  [12, payAtProvider],
  [5, markPaid],
  [2, switchProvider],
  [3, cancel],
  [2, expire],
  [4, ship],
  [3, deliver],
  [2, askForReturn],
  [3, moveReturnOn],
  [5, refund],
  [8, edit],
  [4, adjust],
  [2, transfer],
  [1, giveCard],
  [1, grantCredit],
];

export function randomStep({ random }: Pick<Actor, 'random'>): Step {
  let left = random() * STEPS.reduce((sum, [weight]) => sum + weight, 0);
  const [, run] = STEPS.find(([weight]) => (left -= weight) < 0) ?? STEPS[0]!;
  return { name: run.name, run };
}

/** Orders what a cart holds, at the total its shopper saw. */
export async function complete({ shop, confirm }: Pick<Actor, 'shop' | 'confirm'>, ask: Ask): Promise<void> {
  const { key, cart, customer, token, provider, expected_total_minor, expected_payable_minor } = ask;
  const holder = { caller: { customer, network_hash: 'kill' }, token: token ?? undefined };
  const checkout = { ...holder, idempotency_key: key };
  const wish = { expected_total_minor, expected_payable_minor, payment: { provider } };
  const { order, payment } = await completeCheckout(shop, cart, checkout, wish);
  confirm({ kind: 'placed', ask, order: order.id, total_minor: expected_total_minor });
  if (payment.status === 'paid') confirm({ kind: 'paid', order: order.id, payment: payment.id });
}

async function shopping(actor: Actor): Promise<void> {
  const { shop, goods, random, confirm } = actor;
  const customer = random() < 0.4 ? pick(random, goods.customers) : null;
  const line = () => ({ variant: pick(random, goods.variants), quantity: 1 + Math.floor(random() * 2) });
  const email = `${randomUUID()}@example.com`;
  const started = await createCart(shop, { customer }, { email, shipping_address: ADDRESS, lines: [line()] });
  const { token } = started;
  const holder = { caller: { customer }, token: token ?? undefined };
  const cart = started.quoted.cart.id;
  let quoted = started.quoted;
  const change = async (work: () => Promise<QuotedCart>) => {
    quoted = await work().catch((error: unknown) => {
      if (isKontorError(error)) return quoted;
      throw error;
    });
    confirm({ kind: 'cart', cart, version: quoted.cart.version });
  };
  if (random() < 0.6) await change(() => addToCart(shop, cart, holder, line()));
  if (random() < 0.6) await change(() => addCode(shop, cart, holder, pick(random, goods.codes)));
  if (random() < 0.3) await change(() => addGiftCard(shop, cart, holder, pick(random, goods.gift_cards)));
  if (customer !== null && random() < 0.5)
    await change(() => updateDetails(shop, cart, holder, { use_store_credit: true }));
  if (quoted.quote.requires_shipping)
    await change(() => updateDetails(shop, cart, holder, { shipping_method: goods.method }));
  const provider = random() < 0.7 ? 'stripe' : 'manual';
  await actor.ask({
    key: randomUUID(),
    cart,
    customer,
    token,
    provider,
    expected_total_minor: quoted.quote.total_minor,
    expected_payable_minor: quoted.payable.remaining_minor,
  });
}

/** A shopper pays with a card, which may be declined, on the provider's own page; then their browser asks us. */
async function payAtProvider({ shop, random, confirm }: Actor): Promise<void> {
  const open = await one<{ order: string; provider_payment: string }>(
    shop,
    random,
    `select p."order", p.provider_payment, p.id from payments p
     where p.provider = 'stripe' and p.provider_payment like 'pi\\_%' and p.status in ('pending', 'failed', 'cancelled')`,
  );
  if (!open) return;
  const payment_method = random() < 0.85 ? 'pm_card_visa' : 'pm_card_visa_chargeDeclined';
  const is_paid = await stripeOf(shop)
    .paymentIntents.confirm(open.provider_payment, { payment_method, return_url: 'https://shop.example/' })
    .then(({ status }) => status === 'succeeded')
    .catch(() => false);
  if (!is_paid || random() < 0.5) return;
  const order = await orderById(shop.db, open.order);
  const { payment } = await paymentStatus(shop, order!);
  if (payment.status === 'paid') confirm({ kind: 'paid', order: open.order, payment: payment.id });
}

async function markPaid({ shop, random, confirm }: Actor): Promise<void> {
  const order = await anOrder(
    shop,
    random,
    `(select p.provider from payments p where p."order" = o.id and p.gift_card is null and p.store_credit is null
       order by p.created_at desc, p.id limit 1) = 'manual' and o.paid_minor < o.total_minor`,
  );
  if (!order) return;
  await receiveMoney(shop, order, null);
  const payment = await row<{ id: string }>(
    shop.db,
    `select id from payments where "order" = ? and provider = 'manual' and captured_minor > 0 order by created_at desc limit 1`,
    [order.id],
  );
  if (payment) confirm({ kind: 'paid', order: order.id, payment: payment.id });
}

async function switchProvider({ shop, random, confirm }: Actor): Promise<void> {
  const order = await anOrder(shop, random, `o.status = 'pending' or o.payment_status = 'partly_paid'`);
  if (!order) return;
  const { payment } = await payOrder(shop, order, { provider: pick(random, ['stripe', 'manual']) });
  const { id, amount_minor } = payment;
  confirm({ kind: 'to be paid', order: order.id, payment: id, amount_minor });
}

async function cancel({ shop, random, confirm }: Actor): Promise<void> {
  const order = await anOrder(shop, random, `o.status in ('pending', 'processing')`);
  if (!order) return;
  const actor_kind = pick(random, ['customer', 'staff'] as const);
  await cancelOrder(shop, order, { actor_kind, reason: 'Not wanted', restock: random() < 0.7 });
  confirm({ kind: 'cancelled', order: order.id });
}

/** Time passes for an order, and the clock ticks. */
async function expire({ shop, random }: Actor): Promise<void> {
  const order = await anOrder(shop, random, `o.status = 'pending'`);
  if (!order) return;
  await changed(shop.db, `update orders set expires_at = now() where id = ? and status = 'pending'`, [
    order.id,
  ]);
  await enqueue(shop.db, 'expire-unpaid-orders', {});
}

async function ship({ shop, random, confirm }: Actor): Promise<void> {
  const order = await anOrder(shop, random, `o.status = 'processing'`);
  if (!order) return;
  const lines = await linesOf(shop.db, order.id);
  const [first] = lines;
  const isPart = random() < 0.4 && first;
  const input = isPart ? { lines: [{ order_line: first.id, quantity: 1 }] } : {};
  const { shipment } = await shipOrder(shop, order.id, input, null, randomUUID());
  if (shipment !== null) confirm({ kind: 'shipped', order: order.id, shipment });
}

async function deliver({ shop, random, confirm }: Actor): Promise<void> {
  const found = await one<{ id: string }>(shop, random, `select id from shipments where status = 'shipped'`);
  if (!found) return;
  await deliverShipment(shop, found.id, null);
  confirm({ kind: 'delivered', shipment: found.id });
}

async function askForReturn({ shop, random, confirm }: Actor): Promise<void> {
  const order = await anOrder(shop, random, `o.status in ('shipped', 'delivered')`);
  if (!order) return;
  const line = pick(random, await linesOf(shop.db, order.id));
  const wish = { lines: [{ order_line: line.id, quantity: 1 }] };
  const { return: id } = await requestReturn(shop, order, wish, null);
  confirm({ kind: 'return', order: order.id, return: id, status: 'requested', refund_minor: null });
}

async function moveReturnOn({ shop, random, confirm }: Actor): Promise<void> {
  const found = await one<{ id: string; order: string; status: ReturnStatus }>(
    shop,
    random,
    `select id, "order", status from returns where status not in ('refunded', 'rejected')`,
  );
  if (!found) return;
  const { id, order } = found;
  const tell = (status: ReturnStatus, refund_minor: number | null = null) =>
    confirm({ kind: 'return', order, return: id, status, refund_minor });
  if (found.status === 'requested') {
    const decision = random() < 0.85 ? 'approved' : 'rejected';
    await decideReturn(shop, id, { decision }, null);
    tell(decision);
  } else if (found.status === 'approved') {
    await receiveReturn(shop, id, {}, null);
    tell('received');
  } else {
    const { refund_minor } = await refundReturn(shop, id, {}, null);
    tell('refunded', refund_minor);
  }
}

async function refund({ shop, random, confirm }: Actor): Promise<void> {
  const order = await anOrder(shop, random, 'o.paid_minor > o.refunded_minor');
  if (!order) return;
  const [line] = await linesOf(shop.db, order.id);
  const input = pick(random, [
    {},
    { amount_minor: 1 + Math.floor(random() * order.paid_minor) },
    { amount_minor: 1 + Math.floor(random() * order.paid_minor) },
    { lines: [{ order_line: line!.id, quantity: 1 }], restock: random() < 0.5 },
    { include_shipping: true },
  ]);
  const to = order.customer !== null && random() < 0.3 ? 'store_credit' : 'original';
  const refunds = await refundOrder(shop, order.id, { ...input, to }, { actor_kind: 'staff' });
  for (const { id, amount_minor } of refunds)
    confirm({ kind: 'refund', order: order.id, refund: id, amount_minor });
}

async function edit({ shop, goods, random, confirm }: Actor): Promise<void> {
  const order = await anOrder(shop, random, `o.status in ('pending', 'processing')`);
  if (!order) return;
  const line = pick(random, await linesOf(shop.db, order.id));
  const reason = randomUUID();
  const isMore = random() < 0.4;
  const wish = EditWish.parse({
    version: order.version,
    reason,
    ...(isMore
      ? { add: [{ variant: pick(random, goods.variants.slice(0, 6)), quantity: 1 }] }
      : { lines: [{ line: line.id, quantity: 1 + (line.quantity % 3) }] }),
  });
  const answer = await editOrder(shop, order.id, wish, null);
  confirm({ kind: 'edited', order: order.id, reason, total_minor: answer.order.total_minor });
}

async function adjust({ shop, goods, random, confirm }: Actor): Promise<void> {
  const variant = pick(random, goods.variants);
  const location = pick(random, goods.locations);
  const delta = random() < 0.75 ? 1 + Math.floor(random() * 6) : -1 - Math.floor(random() * 3);
  const note = randomUUID();
  await adjustStock(shop, { variant, location, delta, note }, null);
  confirm({ kind: 'stock adjusted', variant, location, delta, note });
}

async function transfer({ shop, goods, random, confirm }: Actor): Promise<void> {
  const variant = pick(random, goods.variants);
  const [from, to] = random() < 0.5 ? goods.locations : goods.locations.toReversed();
  const quantity = 1 + Math.floor(random() * 2);
  const wish = { from: from!, to: to!, lines: [{ variant, quantity }] };
  const { transfer: id } = await transferStock(shop, wish, null);
  confirm({ kind: 'stock transferred', transfer: id, variant, quantity });
}

async function giveCard({ shop, goods, confirm }: Actor): Promise<void> {
  const initial_minor = 1500;
  const { card, code } = await issueGiftCard(shop, { initial_minor, currency: 'USD' }, null);
  confirm({ kind: 'gift card issued', card: card.id, initial_minor });
  goods.gift_cards.push(code);
}

async function grantCredit({ shop, goods, random, confirm }: Actor): Promise<void> {
  const delta_minor = 500;
  const note = randomUUID();
  const grant = { delta_minor, currency: 'USD', note };
  await changeStoreCredit(shop, pick(random, goods.customers), grant, null);
  confirm({ kind: 'credit granted', note, delta_minor });
}

function pick<Item>(random: () => number, from: readonly Item[]): Item {
  return from[Math.floor(random() * from.length)]!;
}

/** A random row of what a select with an `id` finds. */
function one<Row>(shop: Shop, random: () => number, select: string): Promise<Row | undefined> {
  return row<Row>(shop.db, `select * from (${select}) found order by md5(id::text || ?) limit 1`, [
    String(random()),
  ]);
}

async function anOrder(shop: Shop, random: () => number, where: string): Promise<OrderRow | undefined> {
  const found = await one<{ id: string }>(shop, random, `select o.id from orders o where ${where}`);
  return found && orderById(shop.db, found.id);
}

/** The shopper's own way to the provider. */
function stripeOf({ env }: Shop): Stripe {
  const { hostname: host, port } = new URL(env.STRIPE_API_URL);
  return new Stripe('sk_test_owner', {
    host,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}
