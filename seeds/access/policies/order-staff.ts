/**
 * Sees everything about an order and changes none of it here: capture, refund, ship and cancel go through `/staff`, which
 * keeps stock, payments and the timeline true. Secrets (token hashes, client secrets, code hashes) are not listed.
 */
import { ALL, read, update, type Policy } from '../declare.ts';
import { POLICIES, ROLES } from '../ids.ts';
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
];

const AFTER_THE_ORDER = [
  'order_lines',
  'order_adjustments',
  'order_events',
  'refunds',
  'shipments',
  'shipment_lines',
  'returns',
  'return_lines',
  'webhook_events',
];

const STOCK = ['stock_locations', 'stock_levels', 'stock_movements'];

const RULES = [
  'promotions',
  'promotion_redemptions',
  'shipping_zones',
  'shipping_methods',
  'tax_classes',
  'tax_rates',
  'shop_settings',
  'customer_groups',
];

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
       needs_attention attention_reason placed_at expires_at paid_at cancelled_at cancel_reason created_at updated_at
       lines adjustments events payments refunds shipments returns
       section_header section_lines section_amounts section_payments section_delivery section_timeline section_details`,
    ),
    read(
      'payments',
      `id order provider status amount_minor currency captured_minor refunded_minor provider_payment attempt
       error_code error_message paid_at expires_at created_at updated_at refunds`,
    ),
    ...AFTER_THE_ORDER.map((collection) => read(collection, ALL)),
    read('customers', ALL),
    update('customers', 'first_name last_name phone group'),
    read('addresses', ALL),
    read('payment_methods', 'id customer provider brand last4 exp_month exp_year is_default created_at'),
    read(
      'carts',
      `id customer status currency locale email shipping_address billing_address shipping_method codes version expires_at
       created_at updated_at lines`,
    ),
    read('cart_lines', ALL),
    read('gift_cards', 'id last4 currency initial_minor balance_minor status expires_at customer created_at'),
    read('reviews', ALL),
    ...STOCK.map((collection) => read(collection, ALL)),
    ...RULES.map((collection) => read(collection, ALL)),
    read('products', ALL),
    read('product_variants', ALL),
    ...CATALOGUE.map((collection) => read(collection, ALL)),
    read('directus_files', ALL, PUBLIC_FILE),
    read('directus_users', 'id first_name last_name avatar', { role: { _neq: ROLES.customer } }),
  ],
};
