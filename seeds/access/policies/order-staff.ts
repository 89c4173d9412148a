/**
 * Sees everything about an order and changes none of it here: capture, refund, ship and cancel go through `/staff`, which
 * keeps stock, payments and the timeline true. Secrets (token hashes, client secrets, code hashes, what a provider was asked for) are not listed.
 */
import { ALL, create, either, manage, read, remove, update, type Filter, type Policy } from '../declare.ts';
import { ATTACHMENTS_FOLDER, POLICIES, ROLES } from '../ids.ts';
import { SEES_BUTTONS } from './buttons.ts';
import { KEEPS_OWN_ACCOUNT } from './own-account.ts';
import { PUBLIC_FILE } from './storefront.ts';

const CATALOGUE = [
  'products_files',
  'products_categories',
  'products_tags',
  'products_translations',
  'related_products',
  'categories',
  'categories_translations',
  'brands',
  'tags',
  'vendors',
  'languages',
  'price_lists',
  'prices',
  'bundle_items',
];

const AFTER_THE_ORDER = [
  'order_lines',
  'order_adjustments',
  'order_events',
  'refunds',
  'disputes',
  'shipments',
  'shipment_lines',
  'returns',
  'return_lines',
  'webhook_events',
  'gift_card_movements',
  'store_credits',
  'store_credit_movements',
  'stock_notices',
  'order_notes',
];

const STOCK = ['stock_locations', 'stock_levels', 'stock_movements'];

const RULES = [
  'promotions',
  'promotion_scopes',
  'promotion_codes',
  'promotion_redemptions',
  'shipping_zones',
  'shipping_methods',
  'tax_classes',
  'tax_rates',
  'shop_settings',
  'customer_groups',
];

const MY_NOTE: Filter = { actor: { _eq: '$CURRENT_USER' } };
const IN_ATTACHMENTS: Filter = { folder: { _eq: ATTACHMENTS_FOLDER } };

export const orderStaff: Policy = {
  id: POLICIES.order_staff,
  name: 'Kontor: order staff',
  icon: 'local_shipping',
  description:
    'Orders, payments, stock and customers. Set-up restores these rows; to open more, give the role another policy.',
  app_access: true,
  permissions: [
    read(
      'orders',
      `id number status payment_status fulfilment_status cart customer email currency locale prices_include_tax
       subtotal_minor discount_minor shipping_minor tax_minor total_minor paid_minor refunded_minor
       shipping_address billing_address shipping_method shipping_method_name tax_summary customer_note
       vat_id tax_exemption origin version needs_attention attention_code attention_reason attention_at placed_at expires_at paid_at cancelled_at
       cancel_reason created_at updated_at lines adjustments events payments refunds disputes shipments returns notes files
       section_header section_lines section_amounts section_payments section_delivery section_timeline section_notes section_details`,
    ),
    read(
      'payments',
      `id order provider status amount_minor currency captured_minor refunded_minor charged_back_minor provider_payment
       attempt capture flow payment_method gift_card store_credit error_code error_message paid_at expires_at
       created_at updated_at refunds disputes`,
    ),
    ...AFTER_THE_ORDER.map((collection) => read(collection, ALL)),
    read('customers', ALL),
    update('customers', 'first_name last_name phone group tax_exempt'),
    // On the page of an order: what they note and attach is saved with it. The app wants to hear of the section, too.
    update('orders', 'notes files section_notes'),
    create('order_notes', 'order body is_public'),
    update('order_notes', 'body is_public', MY_NOTE),
    remove('order_notes', MY_NOTE),
    ...manage('orders_files'),
    read('addresses', ALL),
    read('payment_methods', 'id customer provider brand last4 exp_month exp_year is_default created_at'),
    read(
      'carts',
      `id customer status origin currency locale email vat_id shipping_address billing_address shipping_method codes
       use_store_credit note version abandoned_at reminded_at expires_at created_at updated_at lines`,
    ),
    read('cart_lines', ALL),
    read(
      'gift_cards',
      'id last4 currency initial_minor balance_minor status expires_at customer source_order_line note created_at movements',
    ),
    read('reviews', ALL),
    ...STOCK.map((collection) => read(collection, ALL)),
    ...RULES.map((collection) => read(collection, ALL)),
    read('products', ALL),
    read('product_variants', ALL),
    ...CATALOGUE.map((collection) => read(collection, ALL)),
    read('directus_files', ALL, either(PUBLIC_FILE, IN_ATTACHMENTS)),
    {
      ...create('directus_files', ALL),
      validation: IN_ATTACHMENTS,
      presets: { folder: ATTACHMENTS_FOLDER },
    },
    read('directus_folders', 'id name parent', { id: { _eq: ATTACHMENTS_FOLDER } }),
    // The app's list of users is narrowed by their status.
    read('directus_users', 'id first_name last_name avatar status', {
      role: { _neq: ROLES.customer },
    }),
    ...SEES_BUTTONS,
    KEEPS_OWN_ACCOUNT,
  ],
};
