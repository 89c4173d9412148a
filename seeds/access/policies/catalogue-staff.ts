/** Keeps the shop window. Money that has moved, and the people who paid it, stay out of sight. */
import { ALL, create, either, manage, read, remove, update, type Filter, type Policy } from '../declare.ts';
import { ATTACHMENTS_FOLDER, POLICIES, PUBLIC_FOLDER, ROLES } from '../ids.ts';
import { SEES_BUTTONS } from './buttons.ts';
import { KEEPS_OWN_ACCOUNT } from './own-account.ts';

const KEPT = [
  'products',
  'product_variants',
  'products_files',
  'products_categories',
  'products_tags',
  'products_translations',
  'related_products',
  'categories',
  'categories_translations',
  'brands',
  'tags',
  'languages',
  'price_lists',
  'prices',
  'promotions',
  'promotion_scopes',
  'promotion_codes',
  'bundle_items',
  'search_synonyms',
  'search_stop_words',
];

/** Not `user`: whom a vendor's products belong to is for administrators to say. */
const VENDOR_FIELDS = 'name slug status email description';

const NO_ATTACHMENT: Filter = either({ folder: { _null: true } }, { folder: { _neq: ATTACHMENTS_FOLDER } });
const OWN_FOLDER: Filter = { id: { _nin: [PUBLIC_FOLDER, ATTACHMENTS_FOLDER] } };

export const catalogueStaff: Policy = {
  id: POLICIES.catalogue_staff,
  name: 'Kontor: catalogue staff',
  icon: 'sell',
  description:
    'Catalogue, prices, promotions, pictures. Set-up restores these rows; to open more, give the role another policy.',
  app_access: true,
  permissions: [
    ...KEPT.flatMap(manage),
    read('vendors', ALL),
    create('vendors', VENDOR_FIELDS),
    update('vendors', VENDOR_FIELDS),
    remove('vendors'),
    read(
      'reviews',
      'id product rating title body author_name status verified_purchase created_at updated_at',
    ),
    update('reviews', 'status'),
    read('stock_locations', ALL),
    read('stock_levels', ALL),
    read('stock_notices', 'id variant notified_at created_at'),
    read('customer_groups', 'id name code'),
    read('tax_classes', ALL),
    read('shop_settings', 'shop_name currency prices_include_tax default_country'),
    create('directus_files', ALL),
    read('directus_files', ALL, NO_ATTACHMENT),
    update('directus_files', ALL, NO_ATTACHMENT),
    remove('directus_files', NO_ATTACHMENT),
    create('directus_folders', ALL),
    read('directus_folders', ALL),
    update('directus_folders', ALL, OWN_FOLDER),
    remove('directus_folders', OWN_FOLDER),
    // The history of an item, and going back to an earlier version. The app asks for each of these, or shows an error.
    read('directus_activity', 'id action user timestamp collection item revisions ip user_agent origin', {
      collection: { _in: KEPT },
    }),
    read('directus_revisions', 'id activity collection item data delta parent version', {
      collection: { _in: KEPT },
    }),
    // The app's list of users is narrowed by their status.
    read('directus_users', 'id first_name last_name email avatar status', {
      role: { _neq: ROLES.customer },
    }),
    ...SEES_BUTTONS,
    KEEPS_OWN_ACCOUNT,
  ],
};
