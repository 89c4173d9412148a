/** The roles Kontor declares, by their fixed ids. Administrators are Directus' own. They never change. */
export const ROLES = {
  catalogue_staff: '5b1c0001-0000-4000-8000-000000000002',
  order_staff: '5b1c0001-0000-4000-8000-000000000003',
  vendor: '5b1c0001-0000-4000-8000-000000000004',
  customer: '5b1c0001-0000-4000-8000-000000000005',
} as const;

/** Roles whose members may use `/staff`, each as far as a route names it. */
export type StaffRole = 'catalogue_staff' | 'order_staff';
