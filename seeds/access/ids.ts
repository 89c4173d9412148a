/** The ids other code, merchants' own policies and file folders may rely on. They never change. */

export { ROLES } from '../../extensions/commerce-api/src/platform/roles.ts';

export const POLICIES = {
  catalogue_staff: '5b1c0002-0000-4000-8000-000000000002',
  order_staff: '5b1c0002-0000-4000-8000-000000000003',
  vendor: '5b1c0002-0000-4000-8000-000000000004',
  customer: '5b1c0002-0000-4000-8000-000000000005',
  /** Not Directus' own Public policy: that one stays the merchant's, and Kontor replaces the rows of its own. */
  storefront: '5b1c0002-0000-4000-8000-000000000006',
} as const;

/** Every role, policy and access row that begins so is Kontor's, declared or not any more. */
export const OURS = { roles: '5b1c0001-', policies: '5b1c0002-', access: '5b1c0004-' } as const;

/** Files in this folder, and in the folders in it, may be seen by everybody. */
export const PUBLIC_FOLDER = '5b1c0003-0000-4000-8000-000000000001';

/** What staff attach to orders; for order staff only. */
export const ATTACHMENTS_FOLDER = '5b1c0003-0000-4000-8000-000000000002';
