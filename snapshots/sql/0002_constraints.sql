-- Rules no writer may break, whatever path it takes. A unique rule is a unique INDEX: Directus does not compare those,
-- so the snapshot stays as it was dumped. 9007199254740991 is the largest integer JSON readers keep exact.

-- Catalogue

select commerce.ensure_check('products', 'products_status_check', $$status in ('draft', 'published', 'archived')$$);
select commerce.ensure_check('products', 'products_kind_check', $$kind in ('physical', 'digital', 'service', 'bundle', 'gift_card')$$);
select commerce.ensure_check('products', 'products_options_check', $$json_typeof(options) = 'array'$$);
select commerce.ensure_check('products', 'products_rating_average_check', $$rating_average between 0 and 5$$);
select commerce.ensure_check('products', 'products_rating_count_check', $$rating_count >= 0$$);
create unique index if not exists products_slug_key on products (slug);

select commerce.ensure_check('product_variants', 'product_variants_status_check', $$status in ('published', 'archived')$$);
select commerce.ensure_check('product_variants', 'product_variants_option_values_check', $$json_typeof(option_values) = 'object'$$);
select commerce.ensure_check('product_variants', 'product_variants_price_minor_check', $$price_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('product_variants', 'product_variants_compare_at_price_minor_check', $$compare_at_price_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('product_variants', 'product_variants_cost_minor_check', $$cost_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('product_variants', 'product_variants_currency_check', $$currency ~ '^[A-Z]{3}$'$$);
select commerce.ensure_check('product_variants', 'product_variants_measures_check', $$weight_grams >= 0 and length_mm >= 0 and width_mm >= 0 and height_mm >= 0$$);
select commerce.ensure_check('product_variants', 'product_variants_max_per_order_check', $$max_per_order >= 1$$);
select commerce.ensure_check('product_variants', 'product_variants_backorder_limit_check', $$backorder_limit >= 0$$);
select commerce.ensure_check('bundle_items', 'bundle_items_quantity_check', $$quantity between 1 and 999999 and bundle <> part$$);
create unique index if not exists bundle_items_bundle_part_key on bundle_items (bundle, part);
create unique index if not exists product_variants_sku_key on product_variants (sku);

select commerce.ensure_check('products_files', 'products_files_source_check', $$file is not null or url is not null$$);

select commerce.ensure_check('categories', 'categories_status_check', $$status in ('published', 'archived')$$);
select commerce.ensure_check('categories', 'categories_parent_check', $$parent <> id$$);
create unique index if not exists categories_slug_key on categories (slug);
create unique index if not exists products_categories_product_category_key on products_categories (product, category);

create unique index if not exists brands_slug_key on brands (slug);
create unique index if not exists tags_slug_key on tags (slug);
create unique index if not exists products_tags_product_tag_key on products_tags (product, tag);

select commerce.ensure_check('vendors', 'vendors_status_check', $$status in ('active', 'suspended')$$);
create unique index if not exists vendors_slug_key on vendors (slug);

select commerce.ensure_check('languages', 'languages_direction_check', $$direction in ('ltr', 'rtl')$$);
create unique index if not exists products_translations_product_language_key on products_translations (product, language);
create unique index if not exists categories_translations_category_language_key on categories_translations (category, language);

select commerce.ensure_check('price_lists', 'price_lists_kind_check', $$kind in ('sale', 'override')$$);
select commerce.ensure_check('price_lists', 'price_lists_status_check', $$status in ('active', 'inactive')$$);
select commerce.ensure_check('price_lists', 'price_lists_period_check', $$ends_at > starts_at$$);

select commerce.ensure_check('prices', 'prices_amount_minor_check', $$amount_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('prices', 'prices_currency_check', $$currency ~ '^[A-Z]{3}$'$$);
select commerce.ensure_check('prices', 'prices_min_quantity_check', $$min_quantity >= 1$$);
create unique index if not exists prices_variant_currency_price_list_min_quantity_key
  on prices (variant, currency, price_list, min_quantity) nulls not distinct;

select commerce.ensure_check('related_products', 'related_products_kind_check', $$kind in ('similar', 'accessory', 'upsell')$$);
select commerce.ensure_check('related_products', 'related_products_related_check', $$related <> product$$);
create unique index if not exists related_products_product_related_kind_key on related_products (product, related, kind);

-- Inventory

select commerce.ensure_check('stock_locations', 'stock_locations_country_check', $$country ~ '^[A-Z]{2}$'$$);
create unique index if not exists stock_locations_code_key on stock_locations (code);

select commerce.ensure_check('stock_levels', 'stock_levels_reserved_check', $$reserved >= 0$$);
select commerce.ensure_check('stock_levels', 'stock_levels_low_stock_at_check', $$low_stock_at >= 0$$);
create unique index if not exists stock_levels_variant_location_key on stock_levels (variant, location);

select commerce.ensure_check('stock_movements', 'stock_movements_reason_check', $$reason in ('initial', 'reservation', 'release', 'sale', 'restock', 'adjustment', 'transfer', 'import', 'received', 'damaged', 'lost', 'found', 'sold_elsewhere', 'count', 'return')$$);

create unique index if not exists stock_notices_variant_email_key on stock_notices (variant, lower(email)) where notified_at is null;

-- Customers

select commerce.ensure_check('customers', 'customers_vat_id_status_check', $$vat_id_status in ('unchecked', 'valid', 'invalid')$$);
create unique index if not exists customers_user_key on customers ("user");
-- Guests may share an address; accounts may not.
create unique index if not exists customers_email_key on customers (lower(email)) where "user" is not null;

create unique index if not exists customer_groups_code_key on customer_groups (code);

select commerce.ensure_check('addresses', 'addresses_country_check', $$country ~ '^[A-Z]{2}$'$$);
create unique index if not exists addresses_default_shipping_key on addresses (customer) where is_default_shipping;
create unique index if not exists addresses_default_billing_key on addresses (customer) where is_default_billing;

select commerce.ensure_check('payment_methods', 'payment_methods_exp_month_check', $$exp_month between 1 and 12$$);
create unique index if not exists payment_methods_provider_provider_method_key on payment_methods (provider, provider_method);
create unique index if not exists payment_methods_default_key on payment_methods (customer) where is_default;

-- Selling

select commerce.ensure_check('carts', 'carts_status_check', $$status in ('active', 'completed', 'merged', 'abandoned')$$);
select commerce.ensure_check('carts', 'carts_currency_check', $$currency ~ '^[A-Z]{3}$'$$);
select commerce.ensure_check('carts', 'carts_codes_check', $$json_typeof(codes) = 'array'$$);
select commerce.ensure_check('cart_lines', 'cart_lines_quantity_check', $$quantity between 1 and 999999$$);
create unique index if not exists cart_lines_cart_variant_metadata_key_key on cart_lines (cart, variant, metadata_key);
select commerce.ensure_check('cart_lines', 'cart_lines_unit_price_minor_check', $$unit_price_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('carts', 'carts_origin_check', $$origin in ('shopper', 'staff')$$);
select commerce.ensure_check('carts', 'carts_gift_cards_check', $$json_typeof(gift_cards) = 'array'$$);

select commerce.ensure_check('promotions', 'promotions_status_check', $$status in ('active', 'inactive')$$);
select commerce.ensure_check('promotions', 'promotions_kind_check', $$kind in ('percentage', 'fixed_amount', 'free_shipping', 'buy_x_get_y', 'set_price', 'tiered')$$);
select commerce.ensure_check('promotions', 'promotions_value_ppm_check', $$case kind when 'percentage' then value_ppm is not null and value_ppm between 1 and 1000000 else value_ppm between 0 and 1000000 end$$);
select commerce.ensure_check('promotions', 'promotions_amount_minor_check', $$case kind when 'fixed_amount' then amount_minor is not null and amount_minor between 1 and 9007199254740991 when 'set_price' then amount_minor is not null and amount_minor between 0 and 9007199254740991 else amount_minor between 0 and 9007199254740991 end$$);
select commerce.ensure_check('promotions', 'promotions_currency_check', $$currency ~ '^[A-Z]{3}$' and (currency is not null or not (kind in ('fixed_amount', 'set_price') or budget_minor is not null or (kind = 'tiered' and (tier_basis = 'spend' or jsonb_path_exists(tiers::jsonb, '$[*].amount_minor ? (@ != null)')))))$$);
select commerce.ensure_check('promotions', 'promotions_minimum_subtotal_minor_check', $$minimum_subtotal_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('promotions', 'promotions_minimum_basis_check', $$minimum_basis in ('scope', 'cart')$$);
select commerce.ensure_check('promotions', 'promotions_code_check', $$btrim(code) <> ''$$);
select commerce.ensure_check('promotions', 'promotions_period_check', $$ends_at > starts_at$$);
select commerce.ensure_check('promotions', 'promotions_usage_limit_check', $$usage_limit >= 1 and usage_limit_per_customer >= 1$$);
select commerce.ensure_check('promotions', 'promotions_usage_count_check', $$usage_count >= 0$$);
create unique index if not exists promotions_code_key on promotions (upper(btrim(code)));
select commerce.ensure_check('promotions', 'promotions_allocation_check', $$allocation in ('across', 'each')$$);
select commerce.ensure_check('promotions', 'promotions_units_check', $$buy_quantity >= 1 and get_quantity >= 1 and max_applications >= 1 and minimum_quantity >= 1 and (kind <> 'buy_x_get_y' or (buy_quantity is not null and get_quantity is not null))$$);
select commerce.ensure_check('promotions', 'promotions_tiers_check', $$kind <> 'tiered' or (tier_basis is not null and tier_basis in ('spend', 'quantity') and tiers is not null and commerce.are_tiers(tiers))$$);
select commerce.ensure_check('promotions', 'promotions_budget_check', $$budget_minor between 1 and 9007199254740991 and budget_used_minor >= 0$$);
select commerce.ensure_check('promotions', 'promotions_budget_used_minor_check', $$budget_used_minor <= coalesce(budget_minor, 9007199254740991)$$);
select commerce.ensure_check('promotion_scopes', 'promotion_scopes_side_check', $$side in ('target', 'buy') and effect in ('include', 'exclude')$$);
select commerce.ensure_check('promotion_scopes', 'promotion_scopes_what_check', $$num_nonnulls(product, category, brand, tag, variant) >= 1$$);
select commerce.ensure_check('promotion_scopes', 'promotion_scopes_quantity_check', $$quantity >= 1$$);
select commerce.ensure_check('promotion_codes', 'promotion_codes_code_check', $$btrim(code) <> ''$$);
select commerce.ensure_check('promotion_codes', 'promotion_codes_usage_check', $$usage_limit >= 1 and usage_count >= 0$$);
select commerce.ensure_check('promotion_codes', 'promotion_codes_usage_limit_check', $$usage_count <= coalesce(usage_limit, 2147483647)$$);
create unique index if not exists promotion_codes_code_key on promotion_codes (upper(btrim(code)));

select commerce.ensure_check('promotion_redemptions', 'promotion_redemptions_amount_minor_check', $$amount_minor between 0 and 9007199254740991$$);
create unique index if not exists promotion_redemptions_promotion_order_key on promotion_redemptions (promotion, "order");

select commerce.ensure_check('gift_cards', 'gift_cards_status_check', $$status in ('active', 'disabled')$$);
select commerce.ensure_check('gift_cards', 'gift_cards_balance_minor_check', $$balance_minor between 0 and 9007199254740991 and initial_minor between 1 and 9007199254740991$$);
select commerce.ensure_check('gift_cards', 'gift_cards_currency_check', $$currency ~ '^[A-Z]{3}$'$$);
create unique index if not exists gift_cards_code_hash_key on gift_cards (code_hash);
select commerce.ensure_check('gift_card_movements', 'gift_card_movements_reason_check', $$reason in ('issued', 'spent', 'returned', 'adjusted')$$);
select commerce.ensure_check('gift_card_movements', 'gift_card_movements_delta_minor_check', $$delta_minor between -9007199254740991 and 9007199254740991 and delta_minor <> 0$$);
select commerce.ensure_check('store_credits', 'store_credits_balance_minor_check', $$balance_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('store_credits', 'store_credits_currency_check', $$currency ~ '^[A-Z]{3}$'$$);
create unique index if not exists store_credits_customer_currency_key on store_credits (customer, currency);
select commerce.ensure_check('store_credit_movements', 'store_credit_movements_reason_check', $$reason in ('granted', 'spent', 'returned', 'refunded', 'adjusted')$$);
select commerce.ensure_check('store_credit_movements', 'store_credit_movements_delta_minor_check', $$delta_minor between -9007199254740991 and 9007199254740991 and delta_minor <> 0$$);

-- Settings

select commerce.ensure_check('shop_settings', 'shop_settings_currency_check', $$currency ~ '^[A-Z]{3}$'$$);
select commerce.ensure_check('shop_settings', 'shop_settings_default_country_check', $$default_country ~ '^[A-Z]{2}$'$$);
select commerce.ensure_check('shop_settings', 'shop_settings_limits_check', $$hold_minutes >= 1 and manual_hold_days >= 1 and max_unpaid_per_email >= 1 and max_unpaid_per_customer >= 1 and max_unpaid_per_address >= 1 and max_quantity_per_line between 1 and 999999$$);
select commerce.ensure_check('shop_settings', 'shop_settings_carts_check', $$abandoned_after_hours >= 1 and cart_days >= 1 and low_stock_at >= 0 and return_days >= 0$$);
select commerce.ensure_check('shop_settings', 'shop_settings_payments_check', $$payment_capture in ('now', 'later') and statement_descriptor ~ '[A-Za-z]' and length(statement_descriptor) between 5 and 22 and statement_descriptor !~ '[<>\\''"*]'$$);
create unique index if not exists shop_settings_singleton_key on shop_settings ((true));

select commerce.ensure_check('shipping_zones', 'shipping_zones_countries_check', $$json_typeof(countries) = 'array'$$);
select commerce.ensure_check('shipping_zones', 'shipping_zones_regions_check', $$json_typeof(regions) = 'array'$$);
select commerce.ensure_check('shipping_methods', 'shipping_methods_amount_minor_check', $$amount_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('shipping_methods', 'shipping_methods_free_above_minor_check', $$free_above_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('shipping_methods', 'shipping_methods_currency_check', $$currency ~ '^[A-Z]{3}$'$$);
select commerce.ensure_check('shipping_zones', 'shipping_zones_postal_patterns_check', $$json_typeof(postal_patterns) = 'array'$$);
select commerce.ensure_check('shipping_methods', 'shipping_methods_kind_check', $$kind in ('flat', 'per_item', 'weight_tiers', 'price_tiers', 'pickup', 'carrier') and (kind <> 'per_item' or per_item_minor is not null) and (kind <> 'carrier' or carrier is not null)$$);
select commerce.ensure_check('shipping_methods', 'shipping_methods_tiers_check', $$case when kind in ('weight_tiers', 'price_tiers') then tiers is not null and commerce.are_tiers(tiers) else true end$$);
select commerce.ensure_check('shipping_methods', 'shipping_methods_per_item_minor_check', $$per_item_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('shipping_methods', 'shipping_methods_limits_check', $$max_weight_grams >= 1 and max_length_mm >= 1$$);
select commerce.ensure_check('shipping_methods', 'shipping_methods_subtotals_check', $$min_subtotal_minor >= 0 and max_subtotal_minor >= 0 and max_subtotal_minor >= min_subtotal_minor$$);
select commerce.ensure_check('shipping_methods', 'shipping_methods_days_check', $$min_days >= 0 and max_days >= 0 and max_days >= min_days$$);

create unique index if not exists tax_classes_code_key on tax_classes (code);
create unique index if not exists tax_classes_default_key on tax_classes (is_default) where is_default;
select commerce.ensure_check('tax_rates', 'tax_rates_country_check', $$country ~ '^([A-Z]{2}|[*])$'$$);
select commerce.ensure_check('tax_rates', 'tax_rates_rate_ppm_check', $$rate_ppm between 0 and 1000000$$);
drop index if exists tax_rates_tax_class_country_region_key;
create unique index if not exists tax_rates_tax_class_place_key on tax_rates (tax_class, country, region, postal_pattern) nulls not distinct;

-- Orders

select commerce.ensure_check('orders', 'orders_status_check', $$status in ('pending', 'processing', 'shipped', 'delivered', 'cancelled')$$);
select commerce.ensure_check('orders', 'orders_payment_status_check', $$payment_status in ('pending', 'authorised', 'paid', 'partly_refunded', 'refunded', 'failed', 'partly_paid')$$);
select commerce.ensure_check('orders', 'orders_origin_check', $$origin in ('shopper', 'staff')$$);
select commerce.ensure_check('orders', 'orders_tax_exemption_check', $$tax_exemption in ('customer', 'group', 'reverse_charge')$$);
select commerce.ensure_check('orders', 'orders_fulfilment_status_check', $$fulfilment_status in ('unfulfilled', 'partly_fulfilled', 'fulfilled')$$);
select commerce.ensure_check('orders', 'orders_currency_check', $$currency ~ '^[A-Z]{3}$'$$);
select commerce.ensure_check('orders', 'orders_subtotal_minor_check', $$subtotal_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('orders', 'orders_discount_minor_check', $$discount_minor between 0 and subtotal_minor$$);
select commerce.ensure_check('orders', 'orders_shipping_minor_check', $$shipping_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('orders', 'orders_tax_minor_check', $$tax_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('orders', 'orders_total_minor_check', $$total_minor between 0 and 9007199254740991 and total_minor = subtotal_minor - discount_minor + shipping_minor + case when prices_include_tax then 0 else tax_minor end$$);
select commerce.ensure_check('orders', 'orders_paid_minor_check', $$paid_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('orders', 'orders_refunded_minor_check', $$refunded_minor between 0 and paid_minor$$);
create unique index if not exists orders_number_key on orders (number);
create unique index if not exists orders_cart_key on orders (cart) where status <> 'cancelled';

select commerce.ensure_check('order_lines', 'order_lines_quantity_check', $$quantity between 1 and 999999$$);
select commerce.ensure_check('order_lines', 'order_lines_unit_price_minor_check', $$unit_price_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('order_lines', 'order_lines_subtotal_minor_check', $$subtotal_minor = quantity * unit_price_minor and subtotal_minor <= 9007199254740991$$);
select commerce.ensure_check('order_lines', 'order_lines_discount_minor_check', $$discount_minor between 0 and subtotal_minor$$);
select commerce.ensure_check('order_lines', 'order_lines_tax_minor_check', $$tax_minor between 0 and 9007199254740991$$);
-- The tax is on top or contained, as the order says.
select commerce.ensure_check('order_lines', 'order_lines_total_minor_check', $$total_minor in (subtotal_minor - discount_minor, subtotal_minor - discount_minor + tax_minor)$$);
select commerce.ensure_check('order_lines', 'order_lines_tax_rate_ppm_check', $$tax_rate_ppm between 0 and 1000000$$);
select commerce.ensure_check('order_lines', 'order_lines_quantity_fulfilled_check', $$quantity_fulfilled between 0 and quantity$$);
select commerce.ensure_check('order_lines', 'order_lines_quantity_returned_check', $$quantity_returned between 0 and quantity$$);
select commerce.ensure_check('order_lines', 'order_lines_parts_check', $$json_typeof(parts) = 'array'$$);
select commerce.ensure_check('order_lines', 'order_lines_quantity_refunded_check', $$quantity_refunded between 0 and quantity$$);

select commerce.ensure_check('order_adjustments', 'order_adjustments_kind_check', $$kind in ('discount', 'shipping', 'shipping_discount')$$);
select commerce.ensure_check('order_adjustments', 'order_adjustments_amount_minor_check', $$case kind when 'shipping' then amount_minor between 0 and 9007199254740991 else amount_minor between -9007199254740991 and 0 end$$);

select commerce.ensure_check('order_events', 'order_events_actor_kind_check', $$actor_kind in ('system', 'customer', 'staff', 'provider')$$);

select commerce.ensure_check('payments', 'payments_status_check', $$status in ('pending', 'requires_action', 'processing', 'authorised', 'paid', 'failed', 'cancelled', 'partly_refunded', 'refunded')$$);
select commerce.ensure_check('payments', 'payments_currency_check', $$currency ~ '^[A-Z]{3}$'$$);
select commerce.ensure_check('payments', 'payments_amounts_check', $$refunded_minor >= 0 and refunded_minor <= captured_minor and captured_minor <= amount_minor and amount_minor <= 9007199254740991$$);
select commerce.ensure_check('payments', 'payments_charged_back_minor_check', $$charged_back_minor between 0 and captured_minor$$);
select commerce.ensure_check('payments', 'payments_capture_check', $$capture in ('now', 'later')$$);
select commerce.ensure_check('payments', 'payments_flow_check', $$flow in ('element', 'hosted', 'offline')$$);
select commerce.ensure_check('payments', 'payments_attempt_check', $$attempt >= 1$$);
create unique index if not exists payments_provider_provider_payment_key on payments (provider, provider_payment);

select commerce.ensure_check('refunds', 'refunds_status_check', $$status in ('pending', 'succeeded', 'failed')$$);
select commerce.ensure_check('refunds', 'refunds_amount_minor_check', $$amount_minor between 1 and 9007199254740991$$);
select commerce.ensure_check('refunds', 'refunds_currency_check', $$currency ~ '^[A-Z]{3}$'$$);
create unique index if not exists refunds_payment_provider_refund_key on refunds (payment, provider_refund);

select commerce.ensure_check('disputes', 'disputes_status_check', $$status in ('open', 'under_review', 'won', 'lost', 'closed')$$);
select commerce.ensure_check('disputes', 'disputes_amount_minor_check', $$amount_minor between 0 and 9007199254740991$$);
select commerce.ensure_check('disputes', 'disputes_currency_check', $$currency ~ '^[A-Z]{3}$'$$);
create unique index if not exists disputes_provider_provider_dispute_key on disputes (provider, provider_dispute);

select commerce.ensure_check('shipments', 'shipments_status_check', $$status in ('pending', 'shipped', 'delivered', 'cancelled')$$);
select commerce.ensure_check('shipment_lines', 'shipment_lines_quantity_check', $$quantity >= 1$$);
create unique index if not exists shipment_lines_shipment_order_line_key on shipment_lines (shipment, order_line);

select commerce.ensure_check('returns', 'returns_status_check', $$status in ('requested', 'approved', 'received', 'refunded', 'rejected')$$);
select commerce.ensure_check('returns', 'returns_requested_by_check', $$requested_by in ('customer', 'staff')$$);
select commerce.ensure_check('returns', 'returns_refund_minor_check', $$refund_minor >= 0$$);
select commerce.ensure_check('return_lines', 'return_lines_quantity_check', $$quantity >= 1$$);
create unique index if not exists return_lines_return_order_line_key on return_lines ("return", order_line);

select commerce.ensure_check('webhook_events', 'webhook_events_status_check', $$status in ('received', 'processed', 'ignored', 'failed')$$);
select commerce.ensure_check('webhook_events', 'webhook_events_attempts_check', $$attempts >= 0$$);
create unique index if not exists webhook_events_provider_event_id_key on webhook_events (provider, event_id);

-- Engagement

select commerce.ensure_check('reviews', 'reviews_status_check', $$status in ('pending', 'approved', 'rejected')$$);
select commerce.ensure_check('reviews', 'reviews_rating_check', $$rating between 1 and 5$$);
create unique index if not exists wishlist_items_wishlist_variant_key on wishlist_items (wishlist, variant);
