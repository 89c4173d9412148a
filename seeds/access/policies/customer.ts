/**
 * A shopper reads what is theirs; the storefront policy adds what everybody may read. Little is written here: the rules of
 * carts, orders, addresses and reviews live behind `/store`. Even a wish list is begun there, because Directus cannot check
 * on create whose customer the new row names.
 */
import { CUSTOMER_EVENT_KINDS } from '../../../extensions/commerce-api/src/orders/event-kinds.ts';
import { both, read, remove, through, update, type Filter, type Policy } from '../declare.ts';
import { POLICIES } from '../ids.ts';
import { SIGNS_IN_WITH_A_SECOND_FACTOR } from './own-account.ts';

const ME: Filter = { user: { _eq: '$CURRENT_USER' } };
const MINE = through('customer', ME);
const OF_MY_ORDER = through('order', MINE);

export const customer: Policy = {
  id: POLICIES.customer,
  name: 'Kontor: customer',
  icon: 'person',
  description:
    'Own account, orders and wish lists. Set-up restores these rows; to open more, give the role another policy.',
  app_access: false,
  permissions: [
    read(
      'customers',
      'id email first_name last_name phone locale accepts_marketing email_verified_at vat_id vat_id_status created_at addresses orders',
      ME,
    ),
    read(
      'addresses',
      `id customer full_name company phone line1 line2 city region postal_code country
       is_default_shipping is_default_billing created_at updated_at`,
      MINE,
    ),
    read(
      'payment_methods',
      'id customer provider brand last4 exp_month exp_year is_default created_at',
      MINE,
    ),
    read(
      'orders',
      `id number status payment_status fulfilment_status customer email currency locale prices_include_tax
       subtotal_minor discount_minor shipping_minor tax_minor total_minor paid_minor refunded_minor
       shipping_address billing_address shipping_method_name tax_summary customer_note
       vat_id tax_exemption placed_at expires_at paid_at cancelled_at created_at updated_at
       lines adjustments events payments refunds shipments returns notes`,
      MINE,
    ),
    read(
      'order_lines',
      `id order product variant sku name variant_title option_values image_url quantity unit_price_minor
       subtotal_minor discount_minor tax_minor total_minor tax_rate_ppm tax_name requires_shipping
       quantity_fulfilled quantity_refunded quantity_returned product_kind parts ships_at metadata sort`,
      OF_MY_ORDER,
    ),
    read('order_adjustments', 'id order line kind code label amount_minor', OF_MY_ORDER),
    read(
      'order_events',
      'id order kind message created_at',
      both(OF_MY_ORDER, { kind: { _in: CUSTOMER_EVENT_KINDS } }),
    ),
    read(
      'payments',
      'id order provider status amount_minor currency captured_minor refunded_minor paid_at expires_at created_at refunds',
      OF_MY_ORDER,
    ),
    read('refunds', 'id order payment amount_minor currency status created_at', OF_MY_ORDER),
    read(
      'shipments',
      'id order status carrier tracking_number tracking_url shipped_at delivered_at lines',
      OF_MY_ORDER,
    ),
    read('shipment_lines', 'id shipment order_line quantity', through('shipment', OF_MY_ORDER)),
    read(
      'returns',
      'id order status requested_by reason received_at refund_minor created_at lines',
      OF_MY_ORDER,
    ),
    read('return_lines', 'id return order_line quantity reason', through('return', OF_MY_ORDER)),
    read('order_notes', 'id order body created_at', both(OF_MY_ORDER, { is_public: { _eq: true } })),
    read(
      'gift_cards',
      'id last4 currency initial_minor balance_minor status expires_at created_at movements',
      MINE,
    ),
    read('gift_card_movements', 'id gift_card delta_minor reason created_at', through('gift_card', MINE)),
    read('store_credits', 'id currency balance_minor created_at movements', MINE),
    read(
      'store_credit_movements',
      'id store_credit delta_minor reason created_at',
      through('store_credit', MINE),
    ),
    read('stock_notices', 'id variant email notified_at created_at', MINE),
    remove('stock_notices', MINE),
    read('reviews', 'id product rating title body author_name status verified_purchase created_at', MINE),
    read('wishlists', 'id name items created_at', MINE),
    update('wishlists', 'name', MINE),
    remove('wishlists', MINE),
    read('wishlist_items', 'id wishlist variant created_at', through('wishlist', MINE)),
    remove('wishlist_items', through('wishlist', MINE)),
    SIGNS_IN_WITH_A_SECOND_FACTOR,
  ],
};
