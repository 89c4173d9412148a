/**
 * Money, stock, orders and payments change only in use cases: whoever writes them through the items API, administrators and
 * flows with full access included, is refused here. Code of our own writes SQL and never passes this way.
 */
import { KontorError } from './errors.ts';

interface HookRegister {
  filter: (event: string, handler: (payload: unknown) => unknown) => void;
}

/** What may still be written by hand in each: fields no use case depends on. */
const WRITABLE_FIELDS: Record<string, readonly string[]> = {
  carts: [],
  cart_lines: [],
  disputes: [],
  gift_card_movements: [],
  gift_cards: ['status', 'expires_at', 'customer', 'note'],
  order_adjustments: [],
  order_events: [],
  order_lines: [],
  orders: ['customer_note', 'needs_attention', 'attention_reason', 'notes', 'files'],
  payment_methods: [],
  payments: [],
  promotion_redemptions: [],
  refunds: [],
  return_lines: [],
  returns: [],
  shipment_lines: [],
  shipments: [],
  stock_levels: ['low_stock_at'],
  store_credit_movements: [],
  store_credits: [],
  stock_movements: [],
  webhook_events: [],
};

/** Counted by checkouts under the promotion's lock; the rest of a promotion is the merchant's. */
const COUNTED_FIELDS: Record<string, readonly string[]> = {
  promotions: ['usage_count', 'budget_used_minor'],
  promotion_codes: ['usage_count'],
};

/** A new level may be made by hand as long as it counts nothing: stock comes in through the ledger. */
const CREATABLE_WHEN_EMPTY = { stock_levels: ['on_hand', 'reserved'] } as const;

export default ({ filter }: HookRegister): void => {
  for (const [collection, writable] of Object.entries(WRITABLE_FIELDS)) {
    const refuse = (reason: string): never => {
      throw new KontorError('FORBIDDEN', {
        collection,
        message: `${collection} ${reason}. Use the shop’s own actions under /staff.`,
      });
    };
    filter(`${collection}.items.create`, (payload) => {
      if (!isEmptyLevel(collection, payload)) refuse('are not created by hand');
      return payload;
    });
    filter(`${collection}.items.update`, (payload) => {
      const locked = Object.keys(payload as object).find((field) => !writable.includes(field));
      if (locked) refuse(`are not changed by hand (${locked})`);
      return payload;
    });
    filter(`${collection}.items.delete`, () => refuse('are not deleted'));
  }
  for (const [collection, counted] of Object.entries(COUNTED_FIELDS)) {
    const refuseCounted = (payload: unknown) => {
      const written = counted.find((field) => Object.hasOwn(payload as object, field));
      if (written) {
        throw new KontorError('FORBIDDEN', { collection, message: `${written} is counted, not written.` });
      }
      return payload;
    };
    filter(`${collection}.items.create`, refuseCounted);
    filter(`${collection}.items.update`, refuseCounted);
  }
};

function isEmptyLevel(collection: string, payload: unknown): boolean {
  if (!Object.hasOwn(CREATABLE_WHEN_EMPTY, collection)) return false;
  const counts = CREATABLE_WHEN_EMPTY[collection as keyof typeof CREATABLE_WHEN_EMPTY];
  const values = payload as Record<string, unknown>;
  return counts.every(
    (field) => values[field] === undefined || values[field] === null || values[field] === 0,
  );
}
