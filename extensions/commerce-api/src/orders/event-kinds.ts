/** Steps of an order a shopper is told about. Others (provider traffic, flags for staff) are not theirs to read. */
export const CUSTOMER_EVENT_KINDS: readonly string[] = [
  'placed',
  'payment_switched',
  'payment_failed',
  'paid',
  'revived',
  'expired',
  'cancelled',
  'shipped',
  'delivered',
  'refunded',
];
