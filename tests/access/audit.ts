/**
 * Where it is written who did it: for each route with which staff change something, the table that names them. A new one without
 * a line fails the suite.
 */
export type Trace =
  | 'order_events'
  | 'stock_movements'
  | 'gift_card_movements'
  | 'store_credit_movements'
  | 'directus_activity';

/** Needs a payment that is promised, unclear or kept at a provider; payment-desk.test.ts and its neighbours have these. */
export const AT_PROVIDERS = [
  'POST /staff/orders/:order/accept',
  'POST /staff/orders/:order/capture',
  'POST /staff/orders/:order/charge',
  'POST /staff/orders/:order/settle',
  'POST /staff/refunds/:refund/resolve',
];

/** Everything else staff do to money, goods and what is owed, with the table that names them. */
export const TRACES: Record<string, Trace> = {
  'POST /staff/orders/:order/edits': 'order_events',
  'POST /staff/orders/:order/mark-paid': 'order_events',
  'POST /staff/orders/:order/refunds': 'order_events',
  'POST /staff/orders/:order/attention/resolve': 'order_events',
  'POST /staff/orders/:order/ship': 'order_events',
  'POST /staff/shipments/:shipment/deliver': 'order_events',
  'POST /staff/orders/:order/restock': 'order_events',
  'POST /staff/returns/:return/approve': 'order_events',
  'POST /staff/returns/:return/reject': 'order_events',
  'POST /staff/returns/:return/receive': 'order_events',
  'POST /staff/returns/:return/refund': 'order_events',
  'POST /staff/orders/:order/cancel': 'order_events',
  'POST /staff/gift-cards': 'gift_card_movements',
  'POST /staff/gift-cards/:gift_card/adjust': 'gift_card_movements',
  'PATCH /staff/gift-cards/:gift_card': 'directus_activity',
  'POST /staff/customers/:customer/store-credit': 'store_credit_movements',
  'POST /staff/stock/adjust': 'stock_movements',
  'POST /staff/stock/transfer': 'stock_movements',
};

/** Neither money nor goods move, and nobody owes more or less: drafts, notes to a parcel, mails, marks, codes, jobs. */
export const MOVES_NOTHING = [
  'POST /staff/orders/:order/sync-payment',
  'POST /staff/orders/:order/mails',
  'POST /staff/orders/:order/returns',
  'POST /staff/shipments/:shipment/ship',
  'POST /staff/shipments/:shipment/cancel',
  'PATCH /staff/shipments/:shipment',
  'POST /staff/drafts',
  'PATCH /staff/drafts/:draft',
  'DELETE /staff/customers/:customer/sessions',
  'DELETE /staff/drafts/:draft',
  'POST /staff/drafts/:draft/complete',
  'PUT /staff/stock/low-stock-at',
  'POST /staff/promotions/:promotion/codes',
  'POST /staff/jobs/:job/retry',
  'POST /staff/webhook-events/:event/replay',
];
