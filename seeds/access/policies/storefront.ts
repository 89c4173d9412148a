/**
 * What everybody may read: the catalogue as it stands in the shop window, and what people said about it.
 * Fields are listed one by one: a column added later is not public until somebody says so.
 */
import { both, either, read, through, type Filter, type Policy } from '../declare.ts';
import { POLICIES, PUBLIC_FOLDER } from '../ids.ts';

const PUBLISHED: Filter = { status: { _eq: 'published' } };

export const VISIBLE_PRODUCT: Filter = both(
  PUBLISHED,
  either({ published_at: { _null: true } }, { published_at: { _lte: '$NOW' } }),
);
const VISIBLE_VARIANT = both(PUBLISHED, through('product', VISIBLE_PRODUCT));

/** Price lists that hold for everybody, now. Those of a customer group, and sales to come, are nobody else's business. */
const OPEN_PRICE_LIST: Filter = both(
  { status: { _eq: 'active' } },
  { customer_group: { _null: true } },
  either({ starts_at: { _null: true } }, { starts_at: { _lte: '$NOW' } }),
  either({ ends_at: { _null: true } }, { ends_at: { _gt: '$NOW' } }),
);

/** In the public folder or up to three folders below it. */
export const PUBLIC_FILE: Filter = either(
  { folder: { _eq: PUBLIC_FOLDER } },
  { folder: { parent: { _eq: PUBLIC_FOLDER } } },
  { folder: { parent: { parent: { _eq: PUBLIC_FOLDER } } } },
  { folder: { parent: { parent: { parent: { _eq: PUBLIC_FOLDER } } } } },
);

export const PUBLIC_FILE_FIELDS =
  'id title description type width height filesize filename_download focal_point_x focal_point_y modified_on';

export const storefront: Policy = {
  id: POLICIES.storefront,
  name: 'Kontor: storefront',
  icon: 'storefront',
  description:
    'The published catalogue and approved reviews, for everybody. Set-up restores these rows; to open more, use the Public policy.',
  app_access: false,
  permissions: [
    read(
      'products',
      `id status sort name slug subtitle description kind brand vendor featured thumbnail options seo_title seo_description
       rating_average rating_count published_at created_at updated_at
       variants images categories tags translations related reviews`,
      VISIBLE_PRODUCT,
    ),
    read(
      'product_variants',
      `id product status sku barcode title option_values price_minor compare_at_price_minor currency
       weight_grams length_mm width_mm height_mm track_stock allow_backorder preorder_ships_at max_per_order image image_url sort
       created_at updated_at prices bundle_items`,
      VISIBLE_VARIANT,
    ),
    read(
      'bundle_items',
      'id bundle part quantity sort',
      both(through('bundle', VISIBLE_VARIANT), through('part', VISIBLE_VARIANT)),
    ),
    read('products_files', 'id product file url alt sort', through('product', VISIBLE_PRODUCT)),
    read(
      'products_translations',
      'id product language name subtitle description seo_title seo_description',
      through('product', VISIBLE_PRODUCT),
    ),
    read(
      'products_categories',
      'id product category sort',
      both(through('product', VISIBLE_PRODUCT), through('category', PUBLISHED)),
    ),
    read('products_tags', 'id product tag', through('product', VISIBLE_PRODUCT)),
    read(
      'related_products',
      'id product related kind sort',
      both(through('product', VISIBLE_PRODUCT), through('related', VISIBLE_PRODUCT)),
    ),
    read(
      'categories',
      'id status parent name slug description image sort created_at updated_at children products translations',
      PUBLISHED,
    ),
    read('categories_translations', 'id category language name description', through('category', PUBLISHED)),
    read('brands', 'id name slug description logo products'),
    read('tags', 'id name slug'),
    read('languages', 'code name direction'),
    read('vendors', 'id name slug description', { status: { _eq: 'active' } }),
    read('price_lists', 'id name kind starts_at ends_at priority', OPEN_PRICE_LIST),
    read(
      'prices',
      'id variant currency price_list min_quantity amount_minor',
      both(
        through('variant', VISIBLE_VARIANT),
        either({ price_list: { _null: true } }, through('price_list', OPEN_PRICE_LIST)),
      ),
    ),
    read(
      'reviews',
      'id product rating title body author_name status verified_purchase created_at',
      both({ status: { _eq: 'approved' } }, through('product', VISIBLE_PRODUCT)),
    ),
    read('shop_settings', 'shop_name currency prices_include_tax default_country'),
    read('directus_files', PUBLIC_FILE_FIELDS, PUBLIC_FILE),
  ],
};
