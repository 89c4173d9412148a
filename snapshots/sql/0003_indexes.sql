-- Indexes for filters, sorts and jobs. Plain single-column ones are in the snapshot (is_indexed). Those here have
-- several columns or an expression, which Directus does not compare; a single plain column here, even with a WHERE,
-- would look like is_indexed to it and break the next schema apply.

-- Catalogue: what the storefront lists
create index if not exists products_newest_list on products ((coalesce(published_at, created_at)) desc, id) where status = 'published';
create index if not exists products_published_lower_name_list on products (lower(name), id) where status = 'published';
create index if not exists products_published_featured_list on products (featured desc, sort, (coalesce(published_at, created_at)) desc, id) where status = 'published';
create index if not exists products_published_sort_list on products (sort, id) where status = 'published';
create index if not exists products_published_rating_list on products (rating_average desc nulls last, id) where status = 'published';
-- Replaced by the first three.
drop index if exists products_published_at_list, products_published_name_list, products_featured_list;
create index if not exists products_status_list on products (status, created_at desc);
create index if not exists products_name_search on products using gin (lower(name) gin_trgm_ops);

create index if not exists product_variants_product_sort_list on product_variants (product, sort, id);
create index if not exists product_variants_product_price_list on product_variants (product, price_minor) where status = 'published';
create index if not exists product_variants_price_list on product_variants (price_minor, product) where status = 'published';
create index if not exists product_variants_sku_search on product_variants using gin (lower(sku) gin_trgm_ops);

create index if not exists products_files_product_sort_list on products_files (product, sort, id);
create index if not exists products_categories_category_sort_list on products_categories (category, sort, product);
create index if not exists categories_parent_sort_list on categories (parent, sort, id);
create index if not exists product_variants_currency_list on product_variants (currency, id) where status = 'published';
create index if not exists prices_currency_list on prices (currency, variant);
create index if not exists price_lists_active_list on price_lists (priority desc, id) where status = 'active';

-- Inventory
create index if not exists stock_movements_variant_location_list on stock_movements (variant, location, id);
create index if not exists bundle_items_bundle_list on bundle_items (bundle, sort, id);
create index if not exists stock_notices_waiting_list on stock_notices (variant, id) where notified_at is null;
create index if not exists stock_notices_email_list on stock_notices (lower(email), created_at);

-- Customers
create index if not exists customers_lower_email_list on customers (lower(email));

-- Selling
create index if not exists carts_customer_list on carts (customer, status, updated_at desc);
create index if not exists carts_expiring_list on carts (expires_at, id) where status = 'active';
create index if not exists promotions_active_list on promotions (priority desc, id) where status = 'active';
create index if not exists promotions_automatic_list on promotions (priority desc, id) where status = 'active' and code is null and not requires_code;
create index if not exists promotion_scopes_promotion_list on promotion_scopes (promotion, sort, id);
create index if not exists carts_email_list on carts (lower(email)) where email is not null;
create index if not exists carts_idle_list on carts (updated_at, id) where status = 'active';
create index if not exists gift_card_movements_gift_card_list on gift_card_movements (gift_card, id);
create index if not exists store_credit_movements_store_credit_list on store_credit_movements (store_credit, id);
create index if not exists promotion_redemptions_customer_list on promotion_redemptions (promotion, customer) where released_at is null;
create index if not exists promotion_redemptions_email_list on promotion_redemptions (promotion, lower(email)) where released_at is null;
create index if not exists tax_rates_country_list on tax_rates (country, region, tax_class);
create index if not exists tax_rates_pattern_list on tax_rates (country, upper(translate(postal_pattern, ' ', '')));
create index if not exists tax_rates_range_list on tax_rates (country, postal_pattern) where strpos(postal_pattern, '-') > 0;
create index if not exists tax_rates_whole_list on tax_rates (country, region) where postal_pattern is null;

-- Orders
create index if not exists orders_customer_list on orders (customer, placed_at desc);
create index if not exists orders_status_list on orders (status, placed_at desc);
create index if not exists orders_payment_status_list on orders (payment_status, placed_at desc);
create index if not exists orders_email_list on orders (lower(email), placed_at desc);
create index if not exists orders_attention_list on orders (placed_at desc, id) where needs_attention;
create index if not exists orders_expiring_list on orders (expires_at, id) where status = 'pending';
drop index if exists orders_unpaid_email_list;
create index if not exists orders_unpaid_network_list on orders (network_hash, id) where status = 'pending';

create index if not exists order_lines_order_sort_list on order_lines ("order", sort, id);
create index if not exists order_events_order_list on order_events ("order", id);
create index if not exists payments_open_list on payments (expires_at, id) where status in ('pending', 'requires_action', 'processing');
create index if not exists webhook_events_status_list on webhook_events (status, received_at);

-- Engagement
create index if not exists reviews_product_list on reviews (product, status, created_at desc);
create index if not exists reviews_status_list on reviews (status, created_at desc);
