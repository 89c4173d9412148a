import { update, type Filter, type Permission } from '../declare.ts';

const ME: Filter = { id: { _eq: '$CURRENT_USER' } };

/** One-time passwords are switched on and off at `/users/me/tfa`; Directus refuses to write their secret in any other way. */
export const SIGNS_IN_WITH_A_SECOND_FACTOR: Permission = update('directus_users', 'tfa_secret', ME);

/**
 * How colleagues see them and how the app looks to them. The password is changed by mail and the address by an administrator: a
 * borrowed session is not enough to take an account over.
 */
export const KEEPS_OWN_ACCOUNT: Permission = update(
  'directus_users',
  `first_name last_name location title description tags avatar language appearance theme_light theme_dark tfa_secret`,
  ME,
);
