/** Orders that were paid by hand, for what comes after the payment. */
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { orderById, type OrderRow } from '../../extensions/commerce-api/src/orders/queries.ts';
import { receiveMoney } from '../../extensions/commerce-api/src/payments/receive-money.ts';
import { aReadyCart, aShippingMethod, aVariant, place, type VariantOptions } from './factories.ts';

export interface PaidOrder {
  order: OrderRow;
  /** One line per variant, in this order. */
  variants: string[];
  lines: { id: string; quantity: number; total_minor: number }[];
}

export interface OrderDesk {
  /** An order of one line per quantity, unpaid. */
  anOrder: (quantities: number[], options?: VariantOptions) => Promise<PaidOrder>;
  aPaidOrder: (quantities: number[], options?: VariantOptions) => Promise<PaidOrder>;
  /** Orders these variants, two of each, and pays. */
  aPaidOrderOf: (variants: string[]) => Promise<PaidOrder>;
}

/** Orders that go by the shop's shipping method; it gets one if it has none. */
export async function orderDesk(shop: Shop): Promise<OrderDesk> {
  const known = await row<{ id: string }>(shop.db, 'select id from shipping_methods where active limit 1');
  const method = known?.id ?? (await aShippingMethod(shop));
  async function ordered(variants: string[], quantities: number[]): Promise<PaidOrder> {
    const wanted = variants.map((variant, index) => ({ variant, quantity: quantities[index]! }));
    const { order } = await place(shop, await aReadyCart(shop, method, wanted));
    const lines = await rows<PaidOrder['lines'][number]>(
      shop.db,
      'select id, quantity, total_minor from order_lines where "order" = ? order by sort',
      [order.id],
    );
    return { order, variants, lines };
  }
  async function paid(placed: PaidOrder): Promise<PaidOrder> {
    await receiveMoney(shop, placed.order, null);
    return { ...placed, order: (await orderById(shop.db, placed.order.id))! };
  }
  const desk: OrderDesk = {
    async anOrder(quantities, options = {}) {
      const variants: string[] = [];
      for (const quantity of quantities)
        variants.push(await aVariant(shop, { on_hand: quantity + 5, ...options }));
      return ordered(variants, quantities);
    },
    aPaidOrder: async (quantities, options) => paid(await desk.anOrder(quantities, options)),
    aPaidOrderOf: async (variants) =>
      paid(
        await ordered(
          variants,
          variants.map(() => 2),
        ),
      ),
  };
  return desk;
}

/** How far an order is. */
export async function progressOfOrder(shop: Shop, order: string) {
  const found = await row<{ status: string; payment_status: string; fulfilment_status: string }>(
    shop.db,
    'select status, payment_status, fulfilment_status from orders where id = ?',
    [order],
  );
  const lines = await rows<{ fulfilled: number; returned: number; refunded: number }>(
    shop.db,
    `select quantity_fulfilled as fulfilled, quantity_returned as returned, quantity_refunded as refunded
     from order_lines where "order" = ? order by sort`,
    [order],
  );
  const events = await rows<{ kind: string }>(
    shop.db,
    'select kind from order_events where "order" = ? order by id',
    [order],
  );
  return { ...found!, lines, events: events.map(({ kind }) => kind) };
}

/** What became of calls that ran at the same time: `done`, or the code and reason of a refusal. */
export function outcomesOf(results: PromiseSettledResult<unknown>[]): string[] {
  return results
    .map((result) => {
      if (result.status === 'fulfilled') return 'done';
      const { code, extensions } = result.reason as { code?: string; extensions?: { reason?: string } };
      if (!code || !extensions) throw result.reason;
      return `${code} ${extensions.reason}`;
    })
    .sort();
}
