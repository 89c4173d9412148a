import type { Access, Role } from './declare.ts';
import { POLICIES, ROLES } from './ids.ts';

/** Administrators are Directus' own role. A merchant adds roles of their own beside these, or more policies to these. */
export const roles: readonly Role[] = [
  {
    id: ROLES.catalogue_staff,
    name: 'Catalogue staff',
    icon: 'sell',
    description: 'Keeps products, prices, promotions and pictures. Sees no customers and no orders.',
  },
  {
    id: ROLES.order_staff,
    name: 'Order staff',
    icon: 'local_shipping',
    description: 'Works on orders, payments, shipments and customers. Reads the catalogue.',
  },
  {
    id: ROLES.vendor,
    name: 'Vendor',
    icon: 'storefront',
    description: 'Keeps the content of their own products and sees what was sold of them.',
  },
  {
    id: ROLES.customer,
    name: 'Customer',
    icon: 'person',
    description: 'A shopper with an account. No access to this app.',
  },
];

export const access: readonly Access[] = [
  give(1, null, POLICIES.storefront),
  give(2, ROLES.catalogue_staff, POLICIES.catalogue_staff),
  give(3, ROLES.order_staff, POLICIES.order_staff),
  give(4, ROLES.vendor, POLICIES.vendor),
  // Directus applies what belongs to nobody (role and user null) to callers without a role only, so customers get it too.
  give(5, ROLES.customer, POLICIES.customer),
  give(6, ROLES.customer, POLICIES.storefront),
];

function give(number: number, role: string | null, policy: string): Access {
  return { id: `5b1c0004-0000-4000-8000-00000000000${number}`, role, policy, sort: number };
}
