import { read, type Permission } from '../declare.ts';

const IS_BUTTON = { _and: [{ trigger: { _eq: 'manual' } }, { status: { _eq: 'active' } }] };

/**
 * For staff to see the buttons of the app: it shows those whose flow it may read, and asks for their operations in the same
 * breath or shows none. Of those only the id, since what an operation is set to may be a secret of the merchant's.
 */
export const SEES_BUTTONS: readonly Permission[] = [
  read('directus_flows', 'id name icon color description status trigger options operations', IS_BUTTON),
  read('directus_operations', 'id', { flow: IS_BUTTON }),
];
