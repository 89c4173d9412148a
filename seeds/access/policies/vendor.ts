/**
 * Keeps the words, pictures and prices of what is theirs. Whether a product is published, whose it is and how it is taxed is
 * the shop's to say; who bought it is not theirs to know.
 */
import { ALL, read, through, update, type Filter, type Policy } from '../declare.ts';
import { POLICIES } from '../ids.ts';
import { KEEPS_OWN_ACCOUNT } from './own-account.ts';
import { PUBLIC_FILE, PUBLIC_FILE_FIELDS } from './storefront.ts';

const ME: Filter = { user: { _eq: '$CURRENT_USER' } };
const MY_PRODUCT = through('vendor', ME);
const OF_MY_PRODUCT = through('product', MY_PRODUCT);
const OF_MY_VARIANT = through('variant', OF_MY_PRODUCT);

export const vendor: Policy = {
  id: POLICIES.vendor,
  name: 'Kontor: vendor',
  icon: 'storefront',
  description:
    'Own products and what was sold of them. Set-up restores these rows; to open more, give the role another policy.',
  app_access: true,
  permissions: [
    read('vendors', 'id name slug status email description', ME),
    read('products', ALL, MY_PRODUCT),
    update('products', 'name subtitle description options thumbnail seo_title seo_description', MY_PRODUCT),
    read('product_variants', ALL, OF_MY_PRODUCT),
    update(
      'product_variants',
      `barcode title price_minor compare_at_price_minor cost_minor weight_grams length_mm width_mm height_mm
       image image_url`,
      OF_MY_PRODUCT,
    ),
    read('products_files', ALL, OF_MY_PRODUCT),
    read('products_categories', ALL, OF_MY_PRODUCT),
    read('products_tags', ALL, OF_MY_PRODUCT),
    read('products_translations', ALL, OF_MY_PRODUCT),
    update('products_translations', 'name subtitle description seo_title seo_description', OF_MY_PRODUCT),
    read('related_products', ALL, OF_MY_PRODUCT),
    read('prices', ALL, OF_MY_VARIANT),
    read('bundle_items', 'id bundle part quantity sort', through('bundle', OF_MY_PRODUCT)),
    read('stock_levels', 'id variant location on_hand reserved low_stock_at', OF_MY_VARIANT),
    read('stock_locations', 'id name code'),
    read(
      'order_lines',
      `id product variant sku name variant_title option_values quantity unit_price_minor subtotal_minor discount_minor
       total_minor quantity_fulfilled quantity_refunded created_at`,
      OF_MY_PRODUCT,
    ),
    read(
      'reviews',
      'id product rating title body author_name status verified_purchase created_at',
      OF_MY_PRODUCT,
    ),
    read('price_lists', 'id name kind status starts_at ends_at priority', {
      customer_group: { _null: true },
    }),
    read('categories', 'id name slug parent status sort'),
    read('brands', 'id name slug'),
    read('tags', 'id name slug'),
    read('languages', 'code name direction'),
    read('tax_classes', 'id name'),
    read('shop_settings', 'shop_name currency prices_include_tax'),
    read('directus_files', PUBLIC_FILE_FIELDS, PUBLIC_FILE),
    KEEPS_OWN_ACCOUNT,
  ],
};
