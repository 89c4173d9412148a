/**
 * How lists first look in the app: columns and order per collection, and bookmarks for what people look for every day.
 * They belong to everybody (no user, no role); whoever sorts or filters differently gets a preset of their own.
 */
import type { Filter } from './declare.ts';

export interface Preset {
  collection: string;
  /** Null for the collection's ordinary list. */
  bookmark: string | null;
  icon: string;
  color: string | null;
  fields: readonly string[];
  /** Of columns that should not be 160 pixels wide. */
  widths: Readonly<Record<string, number>>;
  sort: string;
  filter: Filter | null;
}

const RED = '#E35169';
const AMBER = '#FFA439';
const BLUE = '#3399FF';
const GREEN = '#2ECDA7';

// `field:width` in pixels. Between both side bars of a 1440 pixel screen there is room for about 760. The app shows no heading
// above a column of 90 or less.
const ORDERS =
  'number:96 needs_attention:64 placed_at:120 status:112 payment_status:136 total_minor:92 email:130';
const STOCK = 'variant.product.name:180 variant.sku:170 location:140 on_hand:96 reserved:100 low_stock_at:96';

/** Gift cards and store credit are payments, too. */
const NO_TENDER = [{ gift_card: { _null: true } }, { store_credit: { _null: true } }];

export const presets: readonly Preset[] = [
  list('products', 'thumbnail:64 name:190 status:112 brand:116 featured:108 updated_at:130', 'sort'),
  bookmark(
    'products',
    'Drafts',
    'edit_note',
    BLUE,
    'thumbnail:64 name:220 kind:110 brand:130 updated_at',
    '-updated_at',
    {
      status: { _eq: 'draft' },
    },
  ),
  list(
    'product_variants',
    'product:176 title:104 sku:160 price_minor:96 compare_at_price_minor:112 status:112',
    'sku',
  ),
  list('categories', 'name parent status slug', 'sort'),
  list('brands', 'logo name slug', 'name'),
  list('vendors', 'name status email', 'name'),
  list('search_synonyms', 'kind:112 word:150 words:320 language:110 active:92', '-created_at'),
  list('search_stop_words', 'word:220 language:160 created_at:136', 'word'),
  list('price_lists', 'name kind status customer_group starts_at ends_at priority', '-priority'),
  list('prices', 'variant.product.name variant.sku price_list currency min_quantity amount_minor', 'variant'),
  list(
    'promotions',
    'name:210 status:96 kind:132 code:116 value_ppm:112 amount_minor:96 starts_at ends_at usage_count',
    '-created_at',
  ),
  list(
    'promotion_codes',
    'promotion:220 code:170 usage_limit:96 usage_count:96 created_at:136',
    '-created_at',
  ),
  list('reviews', 'product rating title author_name status created_at', '-created_at'),
  bookmark(
    'reviews',
    'To approve',
    'rate_review',
    AMBER,
    'product rating title body author_name created_at',
    'created_at',
    {
      status: { _eq: 'pending' },
    },
  ),

  list('stock_levels', STOCK, '-updated_at'),
  bookmark('stock_levels', 'Low stock', 'inventory_2', AMBER, STOCK, 'on_hand', {
    on_hand: { _lte: 5 },
  }),
  list(
    'stock_movements',
    'created_at:130 variant:210 location:120 delta_on_hand:96 delta_reserved:100 reason:104 order actor note',
    '-id',
  ),
  list('stock_notices', 'variant:260 email:200 created_at:136 notified_at:136', '-created_at'),

  list('orders', `${ORDERS} fulfilment_status:120`, '-placed_at'),
  bookmark(
    'orders',
    'Needs attention',
    'priority_high',
    RED,
    'number:96 attention_reason:296 attention_at:136 payment_status:136 total_minor:92 email:200',
    'attention_at',
    { needs_attention: { _eq: true } },
  ),
  bookmark('orders', 'Unpaid orders', 'hourglass_top', AMBER, `${ORDERS} expires_at`, 'expires_at', {
    _and: [{ payment_status: { _in: ['pending', 'failed'] } }, { status: { _neq: 'cancelled' } }],
  }),
  bookmark('orders', 'To accept', 'assignment_turned_in', GREEN, ORDERS, 'placed_at', {
    _and: [{ status: { _eq: 'pending' } }, { payments: { provider: { _eq: 'cash_on_delivery' } } }],
  }),
  bookmark('orders', 'To capture', 'credit_score', GREEN, ORDERS, 'placed_at', {
    _and: [
      { payment_status: { _eq: 'authorised' } },
      { status: { _neq: 'cancelled' } },
      // Cash on delivery is promised, too, and nobody can take it.
      { payments: { capture: { _eq: 'later' } } },
    ],
  }),
  bookmark('orders', 'To ship', 'local_shipping', GREEN, `${ORDERS} fulfilment_status:120`, 'placed_at', {
    _and: [
      { status: { _eq: 'processing' } },
      // Authorised and being processed: staff accepted it.
      { payment_status: { _in: ['paid', 'partly_refunded', 'authorised'] } },
      { fulfilment_status: { _neq: 'fulfilled' } },
    ],
  }),
  bookmark(
    'orders',
    'Partly paid',
    'hourglass_bottom',
    AMBER,
    'number:96 placed_at:120 total_minor:96 paid_minor:96 refunded_minor:96 email:130 status:112',
    'placed_at',
    { payment_status: { _eq: 'partly_paid' } },
  ),
  list('order_lines', 'order sku name variant_title quantity unit_price_minor total_minor', '-created_at'),
  list(
    'payments',
    'order:96 provider:130 status:136 amount_minor:96 created_at:120 expires_at:150 capture:130 provider_payment',
    '-created_at',
  ),
  bookmark(
    'payments',
    'Promised money',
    'credit_score',
    AMBER,
    'order:96 provider:150 amount_minor:96 expires_at:150 capture:130 created_at:136',
    'expires_at',
    { _and: [{ status: { _eq: 'authorised' } }, ...NO_TENDER] },
  ),
  bookmark(
    'payments',
    'Failed payments',
    'credit_card_off',
    RED,
    'order provider amount_minor currency error_message created_at',
    '-created_at',
    {
      status: { _eq: 'failed' },
    },
  ),
  list('refunds', 'order status amount_minor currency reason created_at', '-created_at'),
  bookmark(
    'refunds',
    'Outcome unknown',
    'fact_check',
    RED,
    'order:96 payment.provider:150 amount_minor:96 reason:260 created_at:136',
    'created_at',
    { _and: [{ is_unclear: { _eq: true } }, { status: { _eq: 'pending' } }] },
  ),
  list(
    'disputes',
    'order:96 status:140 amount_minor:96 reason:190 evidence_due_at:140 provider:110 created_at',
    '-created_at',
  ),
  bookmark(
    'disputes',
    'To be answered',
    'gavel',
    RED,
    'order:96 amount_minor:96 evidence_due_at:140 reason:220 provider:120 provider_dispute',
    'evidence_due_at',
    { status: { _eq: 'open' } },
  ),
  list('shipments', 'order status carrier tracking_number shipped_at delivered_at', '-shipped_at'),
  list(
    'returns',
    'order:96 status:112 requested_by:116 refund_minor:96 reason:200 created_at:136',
    '-created_at',
  ),
  bookmark(
    'returns',
    'To decide',
    'rule',
    RED,
    'order:96 requested_by:116 reason:300 created_at:136',
    'created_at',
    { status: { _eq: 'requested' } },
  ),
  bookmark(
    'returns',
    'Open returns',
    'assignment_return',
    AMBER,
    'order status reason created_at',
    'created_at',
    {
      status: { _in: ['requested', 'approved', 'received'] },
    },
  ),
  list(
    'webhook_events',
    'received_at:120 provider:96 type:200 status:112 attempts:104 reason:180 error',
    '-received_at',
  ),
  bookmark(
    'webhook_events',
    'Failed webhooks',
    'sync_problem',
    RED,
    'received_at:120 provider:96 type:210 attempts:104 error:400',
    '-received_at',
    {
      status: { _eq: 'failed' },
    },
  ),

  list('customers', 'email first_name last_name group accepts_marketing created_at', '-created_at'),
  list('carts', 'email:200 origin:112 status:112 currency:100 updated_at:136 customer', '-updated_at'),
  bookmark(
    'carts',
    'Draft orders',
    'edit_document',
    BLUE,
    'email:200 customer:180 currency:100 note:200 updated_at:136',
    '-updated_at',
    { _and: [{ origin: { _eq: 'staff' } }, { status: { _eq: 'active' } }] },
  ),
  bookmark(
    'carts',
    'Abandoned',
    'remove_shopping_cart',
    AMBER,
    'email:200 abandoned_at:136 reminded_at:136 currency:100 updated_at:136',
    '-abandoned_at',
    {
      _and: [{ abandoned_at: { _nnull: true } }, { status: { _in: ['active', 'abandoned'] } }],
    },
  ),
  list(
    'gift_cards',
    'last4:130 status:100 balance_minor:100 initial_minor:110 source_order_line:130 expires_at:130 customer',
    '-created_at',
  ),
  list('store_credits', 'customer:260 balance_minor:110 currency:100 updated_at:136', '-updated_at'),
  list(
    'shipping_methods',
    'name:170 zone:150 kind:148 amount_minor:92 free_above_minor:172 active:92 currency',
    'sort',
  ),
  list('tax_rates', 'tax_class:130 country:96 region:96 postal_pattern:136 name:190 rate_ppm:92', 'country'),
];

function list(collection: string, fields: string, sort: string): Preset {
  return {
    collection,
    bookmark: null,
    icon: 'bookmark',
    color: null,
    ...columns(fields),
    sort,
    filter: null,
  };
}

function bookmark(
  collection: string,
  name: string,
  icon: string,
  color: string,
  fields: string,
  sort: string,
  filter: Filter,
): Preset {
  // The app's filter bar edits rules below an `_and`.
  const rule = '_and' in filter ? filter : { _and: [filter] };
  return { collection, bookmark: name, icon, color, ...columns(fields), sort, filter: rule };
}

function columns(text: string): Pick<Preset, 'fields' | 'widths'> {
  const pairs = text.split(' ').map((column) => column.split(':') as [field: string, width?: string]);
  const fixed = pairs.filter(([, width]) => width !== undefined);
  return {
    fields: pairs.map(([field]) => field),
    widths: Object.fromEntries(fixed.map(([field, width]) => [field, Number(width)])),
  };
}
