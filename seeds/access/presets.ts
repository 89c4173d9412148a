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
  'number:96 needs_attention:64 placed_at:136 status:112 payment_status:100 total_minor:96 email:150';
const STOCK = 'variant.product.name:190 variant.sku:180 location:150 on_hand:84 reserved:90 low_stock_at:104';

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
  list('price_lists', 'name kind status customer_group starts_at ends_at priority', '-priority'),
  list('prices', 'variant.product.name variant.sku price_list currency min_quantity amount_minor', 'variant'),
  list(
    'promotions',
    'name status kind code value_ppm amount_minor starts_at ends_at usage_count',
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
    'created_at variant location delta_on_hand delta_reserved reason order actor note',
    '-id',
  ),

  list('orders', `${ORDERS} fulfilment_status:120`, '-placed_at'),
  bookmark('orders', 'Needs attention', 'priority_high', RED, `${ORDERS} attention_reason:400`, 'placed_at', {
    needs_attention: { _eq: true },
  }),
  bookmark('orders', 'Unpaid orders', 'hourglass_top', AMBER, `${ORDERS} expires_at`, 'expires_at', {
    _and: [{ payment_status: { _in: ['pending', 'failed'] } }, { status: { _neq: 'cancelled' } }],
  }),
  bookmark('orders', 'To ship', 'local_shipping', GREEN, `${ORDERS} fulfilment_status:120`, 'placed_at', {
    _and: [
      { payment_status: { _eq: 'paid' } },
      { fulfilment_status: { _neq: 'fulfilled' } },
      { status: { _neq: 'cancelled' } },
    ],
  }),
  list('order_lines', 'order sku name variant_title quantity unit_price_minor total_minor', '-created_at'),
  list(
    'payments',
    'order provider status amount_minor currency provider_payment paid_at created_at',
    '-created_at',
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
  list('shipments', 'order status carrier tracking_number shipped_at delivered_at', '-shipped_at'),
  list('returns', 'order status reason created_at', '-created_at'),
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
  list('webhook_events', 'received_at provider type status attempts error', '-received_at'),
  bookmark(
    'webhook_events',
    'Failed webhooks',
    'sync_problem',
    RED,
    'received_at provider type attempts error',
    '-received_at',
    {
      status: { _eq: 'failed' },
    },
  ),

  list('customers', 'email first_name last_name group accepts_marketing created_at', '-created_at'),
  list('carts', 'email customer status currency updated_at', '-updated_at'),
  bookmark(
    'carts',
    'Abandoned',
    'remove_shopping_cart',
    AMBER,
    'email customer currency updated_at',
    '-updated_at',
    {
      _and: [{ status: { _in: ['active', 'abandoned'] } }, { email: { _nnull: true } }],
    },
  ),
  list('shipping_methods', 'name zone amount_minor currency free_above_minor active', 'sort'),
  list('tax_rates', 'tax_class country region name rate_ppm', 'country'),
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
