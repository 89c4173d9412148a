/**
 * Ways an order and its money can go, at any provider, walked by people who do not give up: a shopper without an answer tries again, staff
 * press the button once more. What a fault does on the way must be mended by the end.
 */
import { isKontorError } from '../../extensions/commerce-api/src/errors.ts';
import { jobHandlers } from '../../extensions/commerce-api/src/job-handlers.ts';
import { cancelOrder, expireUnpaidOrders } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { orderById, type OrderRow } from '../../extensions/commerce-api/src/orders/queries.ts';
import { capturePayment } from '../../extensions/commerce-api/src/payments/capture-payment.ts';
import { latestPayment, type PaymentRow } from '../../extensions/commerce-api/src/payments/queries.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { resolveRefund } from '../../extensions/commerce-api/src/payments/settle-refund.ts';
import { settleOrder } from '../../extensions/commerce-api/src/payments/settle-order.ts';
import { syncUnsettledPayments } from '../../extensions/commerce-api/src/payments/sync-payment.ts';
import { payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import { changed, row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { drainJobs } from '../../extensions/commerce-api/src/platform/jobs.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import type pg from 'pg';
import type { PaymentWish } from '../../extensions/commerce-api/src/payments/payment-terms.ts';
import { aReadyCart, aVariant, place } from './factories.ts';
import type { ProviderBench } from './provider-bench.ts';
import { ownerOf } from './stripe-shop.ts';

export interface Scene {
  shop: Shop;
  pool: pg.Pool;
  bench: ProviderBench;
  /** A shipping method. */
  method: string;
}

export interface Walk {
  name: string;
  /** Requests of the provider a fault can meet on the way. */
  steps: readonly ('start' | 'read' | 'take' | 'refund' | 'cancel')[];
  /** Whether staff take the money later. */
  is_later?: boolean;
  /** Whether the shopper is sent to a page, where the provider could do without. */
  is_hosted?: boolean;
  /** Where not all providers can go this way. */
  only?: readonly ProviderBench['name'][];
  go: (scene: Scene) => Promise<Ended>;
}

export interface Ended {
  order: string;
  /** What the shop should have kept of the order's money at the end, when nothing was wrong with the amount. */
  kept_minor: number;
  status: OrderRow['status'];
}

const PART_MINOR = 300;

export const WALKS: readonly Walk[] = [
  {
    name: 'bought, and a part given back',
    steps: ['start', 'read', 'take', 'refund'],
    async go(scene) {
      const order = await bought(scene);
      if (order.paid_minor > 0)
        await refundOrder(scene.shop, order.id, { amount_minor: PART_MINOR }, { actor_kind: 'staff' });
      await finish(scene);
      return { order: order.id, kept_minor: order.total_minor - PART_MINOR, status: 'processing' };
    },
  },
  {
    name: 'cancelled by the shopper before it was paid',
    steps: ['start', 'read', 'cancel'],
    async go(scene) {
      const { order } = await placed(scene);
      await persist(scene, () => cancelOrder(scene.shop, order, { actor_kind: 'customer' }));
      await finish(scene);
      return { order: order.id, kept_minor: 0, status: 'cancelled' };
    },
  },
  {
    name: 'declined, then paid',
    steps: ['read', 'take'],
    async go(scene) {
      const { order } = await placed(scene);
      const first = await payable(scene, order);
      if (first) scene.bench.pay(first, 'declined');
      await finish(scene);
      await payUntilPaid(scene, order);
      await finish(scene);
      return { order: order.id, kept_minor: order.total_minor, status: 'processing' };
    },
  },
  {
    name: 'paid by a slow bank',
    steps: ['read', 'take'],
    async go(scene) {
      const { order } = await placed(scene);
      const payment = await payable(scene, order);
      if (payment) scene.bench.pay(payment, 'processing');
      await finish(scene);
      if (payment) scene.bench.settle(payment, 'pays');
      await finish(scene);
      return { order: order.id, kept_minor: order.total_minor, status: 'processing' };
    },
  },
  {
    name: 'refused by a slow bank, then paid otherwise',
    steps: ['read'],
    async go(scene) {
      const { order } = await placed(scene);
      const payment = await payable(scene, order);
      if (payment) scene.bench.pay(payment, 'processing');
      await finish(scene);
      if (payment) scene.bench.settle(payment, 'fails');
      await finish(scene);
      await payUntilPaid(scene, order);
      await finish(scene);
      return { order: order.id, kept_minor: order.total_minor, status: 'processing' };
    },
  },
  {
    name: 'promised, and taken later',
    steps: ['start', 'read', 'take', 'cancel'],
    is_later: true,
    only: ['stripe', 'paypal'],
    async go(scene) {
      const order = await bought(scene);
      if (order.payment_status === 'authorised')
        await persist(scene, () => capturePayment(scene.shop, order.id, undefined, null), [
          'PAYMENT_NOT_CAPTURABLE',
        ]);
      await finish(scene);
      return { order: order.id, kept_minor: order.total_minor, status: 'processing' };
    },
  },
  {
    name: 'promised, and given up',
    steps: ['cancel', 'read'],
    is_later: true,
    only: ['stripe', 'paypal'],
    async go(scene) {
      const order = await bought(scene);
      await persist(scene, () => cancelOrder(scene.shop, order, { actor_kind: 'staff' }));
      await finish(scene);
      return { order: order.id, kept_minor: 0, status: 'cancelled' };
    },
  },
  {
    name: 'paid after its time was over',
    steps: ['read', 'cancel'],
    only: ['flutterwave'],
    async go(scene) {
      const { order } = await placed(scene);
      const payment = await payable(scene, order);
      await row(scene.shop.db, `update orders set expires_at = now() - interval '1 second' where id = ?`, [
        order.id,
      ]);
      await expireUnpaidOrders(scene.shop);
      await work(scene);
      if (payment) scene.bench.pay(payment);
      await finish(scene);
      return { order: order.id, kept_minor: order.total_minor, status: 'processing' };
    },
  },
  {
    name: 'bought on the provider’s own page',
    steps: ['start', 'read', 'cancel'],
    is_hosted: true,
    only: ['stripe'],
    async go(scene) {
      const { order } = await placed(scene, HOSTED);
      await payUntilPaid(scene, order);
      await finish(scene);
      return { order: order.id, kept_minor: order.total_minor, status: 'processing' };
    },
  },
  {
    name: 'left on the provider’s own page',
    steps: ['cancel', 'read'],
    is_hosted: true,
    only: ['stripe'],
    async go(scene) {
      const { order } = await placed(scene, HOSTED);
      await persist(scene, () => cancelOrder(scene.shop, order, { actor_kind: 'customer' }));
      await finish(scene);
      return { order: order.id, kept_minor: 0, status: 'cancelled' };
    },
  },
  {
    name: 'charged to a kept card',
    steps: ['start', 'read'],
    only: ['stripe'],
    async go(scene) {
      const { shop } = scene;
      const { order } = await placed(scene, {}, 'manual');
      const payment_method = await keptCard(scene, order.id);
      for (let visit = 0; visit < 3; visit += 1) {
        const wish = { provider: 'stripe', payment_method };
        await persist(scene, () => payOrder(shop, order, wish)).catch((error: unknown) => {
          if (!isKontorError(error, 'ORDER_NOT_PAYABLE')) throw error;
        });
        await finish(scene);
        const now = await orderById(shop.db, order.id);
        if (now?.status !== 'pending' || now.needs_attention) break;
      }
      return { order: order.id, kept_minor: order.total_minor, status: 'processing' };
    },
  },
  {
    name: 'given back in the provider’s dashboard',
    steps: ['read'],
    async go(scene) {
      const order = await bought(scene);
      const payment = (await latestPayment(scene.shop.db, order.id))!;
      if (payment.captured_minor > 0) scene.bench.refund(payment.provider_payment!, PART_MINOR);
      await finish(scene);
      const kept_minor = order.total_minor - (payment.captured_minor > 0 ? PART_MINOR : 0);
      return { order: order.id, kept_minor, status: 'processing' };
    },
  },
];

/** An order that is paid, or promised where money is taken later. */
async function bought(scene: Scene): Promise<OrderRow> {
  const { order } = await placed(scene);
  await payUntilPaid(scene, order);
  await finish(scene);
  return (await orderById(scene.shop.db, order.id)) ?? order;
}

const HOSTED = { flow: 'hosted', return_url: 'https://shop.example/back' } as const;

async function placed(
  { shop, bench, method }: Scene,
  wish: PaymentWish = {},
  provider: string = bench.name,
): Promise<{ order: OrderRow; payment: PaymentRow }> {
  const variant = await aVariant(shop, { on_hand: 3 });
  const cart = await aReadyCart(shop, method, [{ variant, quantity: 1 }]);
  return place(shop, cart, { provider, wish });
}

/** A card Stripe keeps for the order's customer. No fault is meant for how it came there. */
async function keptCard({ shop, bench }: Scene, order: string): Promise<string> {
  const waiting = bench.faults.list();
  bench.faults.clear();
  const stripe = ownerOf({ port: Number(new URL(bench.url).port) });
  const { id: provider_customer } = await stripe.customers.create({ email: 'ada@example.com' });
  const { id: provider_method } = await stripe.paymentMethods.attach('pm_card_visa', {
    customer: provider_customer,
  });
  for (const { id: _id, ...fault } of waiting) bench.faults.add(fault);
  const [customer] = await shop.db('customers').insert({ email: `${order}@example.com` }, 'id');
  await row(
    shop.db,
    `insert into commerce.provider_customers (provider, customer, provider_customer) values ('stripe', ?, ?)`,
    [customer.id, provider_customer],
  );
  await shop.db('orders').where({ id: order }).update({ customer: customer.id });
  const kept = { customer: customer.id as string, provider: 'stripe', provider_method, is_default: true };
  const [method] = await shop.db('payment_methods').insert(kept, 'id');
  return method.id as string;
}

/** The provider's id of what the shopper can pay now; null when nothing is left to pay, or it is not to be had. */
async function payable(scene: Scene, order: OrderRow): Promise<string | null> {
  try {
    const { payment } = await persist(scene, () => payOrder(scene.shop, order, {}));
    return payment.provider_payment;
  } catch (error) {
    if (isKontorError(error, 'ORDER_NOT_PAYABLE')) return null;
    throw error;
  }
}

/** Pays, comes back, and where the shop still asks for money pays again, as it is told. */
async function payUntilPaid(scene: Scene, order: OrderRow): Promise<void> {
  for (let visit = 0; visit < 3; visit += 1) {
    const payment = await payable(scene, order);
    if (payment === null) return;
    scene.bench.pay(payment);
    await finish(scene);
    const now = await latestPayment(scene.shop.db, order.id);
    if (now && (now.captured_minor > 0 || now.status === 'authorised')) return;
    const after = await orderById(scene.shop.db, order.id);
    if (after?.needs_attention) return;
  }
}

/** All news arrives, all work is done, and the clock has looked at everything once. */
export async function finish(scene: Scene): Promise<void> {
  const { shop, bench } = scene;
  await bench.settled();
  await work(scene);
  // By now the fault has done what it does; whatever it kept back comes a day later, signed anew.
  await bench.release();
  await bench.settled();
  await work(scene);
  await row(
    shop.db,
    `update payments set updated_at = now() - interval '2 days' where gift_card is null and store_credit is null
       and "order" in (select id from orders where status = 'pending' or updated_at > now() - interval '5 seconds')`,
  );
  await syncUnsettledPayments(shop);
  await work(scene);
}

/** Every job, those that wait for a later try as well. */
export async function work({ shop, pool, bench }: Scene): Promise<void> {
  for (let round = 0; round < 8; round += 1) {
    // A day later: what a provider has kept by an idempotency key is gone.
    if (round === 4) bench.forgetKeys();
    await drainJobs(shop, pool, jobHandlers);
    const waiting = await changed(
      shop.db,
      `select graphile_worker.reschedule_jobs(array_agg(id), run_at := now()) from graphile_worker._private_jobs
       where attempts < max_attempts and locked_at is null having count(*) > 0`,
    );
    if (waiting === 0) return;
  }
  throw new Error('jobs failed eight times in a row');
}

const ASKED_AGAIN = ['PROVIDER_FAILED', 'PROVIDER_UNAVAILABLE'];

/**
 * Does it again while the provider gives no answer, the last times a day later. `done` are refusals that mean an earlier try has done it.
 */
async function persist<Answer>(
  { bench }: Scene,
  act: () => Promise<Answer>,
  done: readonly string[] = [],
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      const code = isKontorError(error) ? error.code : '';
      if (tries > 1 && done.includes(code)) return undefined as Answer;
      if (!ASKED_AGAIN.includes(code) || tries === 5) throw error;
      if (tries === 3) bench.forgetKeys();
    }
  }
}

/** What staff do with an order on their list, as the list says: give money of a wrong amount back, look what became of a refund. */
export async function attend(scene: Scene, order: string): Promise<void> {
  const { shop, bench } = scene;
  for (const refund of await rows<{ id: string; payment: string; amount_minor: number }>(
    shop.db,
    'select id, payment, amount_minor from refunds where "order" = ? and is_unclear',
    [order],
  )) {
    const known = await row<{ refunded_minor: number }>(
      shop.db,
      'select refunded_minor from payments where id = ?',
      [refund.payment],
    );
    const back = bench.held().find(({ payment }) => payment === refund.payment)?.refunded_minor ?? 0;
    const isBack = back > (known?.refunded_minor ?? 0);
    await resolveRefund(shop, refund.id, isBack ? 'given_back' : 'ask_again', null);
  }
  const found = await orderById(shop.db, order);
  if (found?.attention_code === 'amount_differs') {
    await persist(scene, () => settleOrder(shop, order, 'refund', null)).catch((error: unknown) => {
      // Nothing was taken, so there is nothing to settle: the order just waits for its money.
      if (!isKontorError(error, 'ORDER_NOT_SETTLABLE')) throw error;
    });
  }
  await finish(scene);
}
