/**
 * Who may do what with each collection of the shop: the statement the access suite holds the running shop against. It is written
 * by hand and says what is wanted; seeds/access says how it is brought about. Whoever opens or closes something changes both.
 *
 * A collection, then a line per role. `reads`, `creates`, `updates` and `deletes` are followed by which rows and, after the colon,
 * which fields; `* -a -b` is all fields but those. `manages` is everything with every row. What is not written is refused.
 * Rows: `every`; `own`, of the caller, as tests/support/access-world plants them; or by the name they are planted under:
 * `public` is what the shop window shows, `ungrouped` are price lists that are no customer group's. Fields that only draw the
 * page of the admin app (`section_…`) hold nothing and are left out.
 *
 * An administrator manages every collection, except where a line says what is left to them: those are the books.
 */
export const COLLECTIONS = `
addresses
  customer                   reads own: *
  order_staff                reads every: *
brands
  anonymous customer         reads every: id name slug description logo products
  vendor                     reads every: id name slug
  catalogue_staff            manages
  order_staff                reads every: *
bundle_items
  anonymous customer         reads public: *
  vendor                     reads own: *
  catalogue_staff            manages
  order_staff                reads every: *
cart_lines
  order_staff                reads every: *
  administrator              reads every: *
carts
  order_staff                reads every: * -token_hash -shipping_rate -gift_cards
  administrator              reads every: *
categories
  anonymous customer         reads public: *
  vendor                     reads every: id name slug parent status sort
  catalogue_staff            manages
  order_staff                reads every: *
categories_translations
  anonymous customer         reads public: *
  catalogue_staff            manages
  order_staff                reads every: *
customer_groups
  catalogue_staff            reads every: id name code
  order_staff                reads every: *
customers
  customer                   reads own: id email first_name last_name phone locale accepts_marketing email_verified_at vat_id vat_id_status created_at addresses orders
  order_staff                reads every: *; updates every: first_name last_name phone group tax_exempt
disputes
  order_staff                reads every: *
  administrator              reads every: *
gift_card_movements
  customer                   reads own: id gift_card delta_minor reason created_at
  order_staff                reads every: *
  administrator              reads every: *
gift_cards
  customer                   reads own: id last4 currency initial_minor balance_minor status expires_at created_at movements
  order_staff                reads every: * -code_hash -updated_at
  administrator              reads every: *; updates every: status expires_at customer note
languages
  anonymous customer vendor  reads every: *
  catalogue_staff            manages
  order_staff                reads every: *
order_adjustments
  customer                   reads own: id order line kind code label amount_minor
  order_staff                reads every: *
  administrator              reads every: *
order_events
  customer                   reads own: id order kind message created_at
  order_staff                reads every: *
  administrator              reads every: *
order_lines
  customer                   reads own: * -tax_class -track_stock -created_at -weight_grams -quantity_placed
  vendor                     reads own: id product variant sku name variant_title option_values quantity unit_price_minor subtotal_minor discount_minor total_minor quantity_fulfilled quantity_refunded created_at
  order_staff                reads every: *
  administrator              reads every: *
order_notes
  customer                   reads own: id order body created_at
  order_staff                reads every: *; creates: order body is_public; updates own: body is_public; deletes own
orders
  customer                   reads own: * -token_hash -network_hash -version -needs_attention -attention_reason -attention_code -attention_at -disputes -shipping_method -cancel_reason -cart -origin -files
  order_staff                reads every: * -token_hash -network_hash; updates every: notes files
  administrator              reads every: *; updates every: customer_note needs_attention attention_reason notes files
orders_files
  order_staff                manages
payment_methods
  customer                   reads own: * -provider_method -updated_at
  order_staff                reads every: * -provider_method -updated_at
  administrator              reads every: *
payments
  customer                   reads own: id order provider status amount_minor currency captured_minor refunded_minor paid_at expires_at created_at refunds
  order_staff                reads every: * -version -client_data -started_at -request
  administrator              reads every: *
price_lists
  anonymous customer         reads public: id name kind starts_at ends_at priority
  vendor                     reads ungrouped: id name kind status starts_at ends_at priority
  catalogue_staff            manages
  order_staff                reads every: *
prices
  anonymous customer         reads public: id variant price_list amount_minor currency min_quantity
  vendor                     reads own: *
  catalogue_staff            manages
  order_staff                reads every: *
product_variants
  anonymous customer         reads public: * -cost_minor -stock_levels -backorder_limit
  vendor                     reads own: *; updates own: barcode title price_minor compare_at_price_minor cost_minor weight_grams length_mm width_mm height_mm image image_url
  catalogue_staff            manages
  order_staff                reads every: *
products
  anonymous customer         reads public: * -tax_class
  vendor                     reads own: *; updates own: name subtitle description options thumbnail seo_title seo_description
  catalogue_staff            manages
  order_staff                reads every: *
products_categories
  anonymous customer         reads public: *
  vendor                     reads own: *
  catalogue_staff            manages
  order_staff                reads every: *
products_files
  anonymous customer         reads public: *
  vendor                     reads own: *
  catalogue_staff            manages
  order_staff                reads every: *
products_tags
  anonymous customer         reads public: *
  vendor                     reads own: *
  catalogue_staff            manages
  order_staff                reads every: *
products_translations
  anonymous customer         reads public: *
  vendor                     reads own: *; updates own: name subtitle description seo_title seo_description
  catalogue_staff            manages
  order_staff                reads every: *
promotion_codes
  catalogue_staff            reads every: *; creates: * -usage_count; updates every: * -usage_count; deletes every
  order_staff                reads every: *
  administrator              reads every: *; creates: * -usage_count; updates every: * -usage_count; deletes every
promotion_redemptions
  order_staff                reads every: *
  administrator              reads every: *
promotion_scopes
  catalogue_staff            manages
  order_staff                reads every: *
promotions
  catalogue_staff            reads every: *; creates: * -usage_count -budget_used_minor; updates every: * -usage_count -budget_used_minor; deletes every
  order_staff                reads every: *
  administrator              reads every: *; creates: * -usage_count -budget_used_minor; updates every: * -usage_count -budget_used_minor; deletes every
refunds
  customer                   reads own: id order payment amount_minor currency status created_at
  order_staff                reads every: *
  administrator              reads every: *
related_products
  anonymous customer         reads public: *
  vendor                     reads own: *
  catalogue_staff            manages
  order_staff                reads every: *
return_lines
  customer                   reads own: id return order_line quantity reason
  order_staff                reads every: *
  administrator              reads every: *
returns
  customer                   reads own: id order status requested_by reason received_at refund_minor created_at lines
  order_staff                reads every: *
  administrator              reads every: *
reviews
  anonymous                  reads public: * -customer -updated_at
  customer                   reads public+own: * -customer -updated_at
  vendor                     reads own: * -customer -updated_at
  catalogue_staff            reads every: * -customer; updates every: status
  order_staff                reads every: *
search_stop_words
  catalogue_staff            manages
search_synonyms
  catalogue_staff            manages
shipment_lines
  customer                   reads own: *
  order_staff                reads every: *
  administrator              reads every: *
shipments
  customer                   reads own: id order status carrier tracking_number tracking_url shipped_at delivered_at lines
  order_staff                reads every: *
  administrator              reads every: *
shipping_methods
  order_staff                reads every: *
shipping_zones
  order_staff                reads every: *
shop_settings
  anonymous customer         reads every: shop_name currency prices_include_tax default_country
  vendor                     reads every: shop_name currency prices_include_tax
  catalogue_staff            reads every: shop_name currency prices_include_tax default_country
  order_staff                reads every: *
stock_levels
  vendor                     reads own: id variant location on_hand reserved low_stock_at
  catalogue_staff            reads every: *
  order_staff                reads every: *
  administrator              reads every: *; creates: * -on_hand -reserved; updates every: low_stock_at
stock_locations
  vendor                     reads every: id name code
  catalogue_staff            reads every: *
  order_staff                reads every: *
stock_movements
  order_staff                reads every: *
  administrator              reads every: *
stock_notices
  customer                   reads own: id variant email notified_at created_at; deletes own
  catalogue_staff            reads every: id variant notified_at created_at
  order_staff                reads every: *
store_credit_movements
  customer                   reads own: id store_credit delta_minor reason created_at
  order_staff                reads every: *
  administrator              reads every: *
store_credits
  customer                   reads own: id currency balance_minor created_at movements
  order_staff                reads every: *
  administrator              reads every: *
tags
  anonymous customer vendor  reads every: id name slug
  catalogue_staff            manages
  order_staff                reads every: *
tax_classes
  vendor                     reads every: id name
  catalogue_staff            reads every: *
  order_staff                reads every: *
tax_rates
  order_staff                reads every: *
vendors
  anonymous customer         reads public: id name slug description
  vendor                     reads own: id name slug status email description
  catalogue_staff            reads every: *; creates: name slug status email description; updates every: name slug status email description; deletes every
  order_staff                reads every: *
webhook_events
  order_staff                reads every: *
  administrator              reads every: *
wishlist_items
  customer                   reads own: *; deletes own
wishlists
  customer                   reads own: id name items created_at; updates own: name; deletes own
`;
