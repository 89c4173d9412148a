/**
 * Customers: who buys here with an account. Registering, signing in and out, the profile and the address book. This domain alone
 * writes `customers`, `addresses`, `commerce.email_tokens`, and the Directus users behind customers. A guest has no row here: an
 * order knows them by e-mail until its address is verified.
 */
import { z } from 'zod';
import type { Caller } from '../platform/caller.ts';
import { KontorError } from '../errors.ts';
import { route, type Route } from '../platform/http.ts';
import type { Client } from '../platform/identity.ts';
import { refreshSession } from '../sessions/refresh-session.ts';
import { addAddress, changeAddress, listAddresses, removeAddress } from './address-book.ts';
import { Address } from './address.ts';
import { changePassword, requestPasswordReset, resetPassword } from './change-password.ts';
import { identityOf } from './identity-of.ts';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './password-policy.ts';
import { Email, Locale, PersonName, Phone } from './person.ts';
import { registerCustomer } from './register-customer.ts';
import { signIn } from './sign-in.ts';
import { readProfile, updateProfile } from './update-profile.ts';
import { verifyEmail } from './verify-email.ts';

const GuestCart = z
  .strictObject({ id: z.uuid(), token: z.string().min(1).max(200) })
  .describe(
    'The cart filled as a guest. Its lines are merged into the customer’s cart and its token is dead.',
  );

const Token = z.string().min(1).max(2000);

/** Longer than the policy allows for new ones: Directus users may have got theirs elsewhere. */
const Password = z.string().min(1).max(1000);

const Tokens = z.strictObject({
  access_token: z.string(),
  refresh_token: z.string(),
  expires: z.int().describe('Milliseconds until the access token expires.'),
});

const Session = Tokens.extend({
  cart: z.uuid().nullable().describe('The customer’s cart, when a guest’s was merged into it.'),
});

const CheckYourMail = z.strictObject({ status: z.literal('check_your_mail') });

const Profile = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  phone: z.string().nullable(),
  locale: z.string().nullable(),
  accepts_marketing: z.boolean(),
  email_verified: z.boolean(),
  vat_id: z.string().nullable(),
  vat_id_status: z
    .enum(['unchecked', 'valid', 'invalid'])
    .describe('What the register says; unchecked where it was not asked, or has not answered yet.'),
  tax_exempt: z.boolean().describe('Whether the shop charges no tax, whatever the VAT id says.'),
});

const SavedAddress = z.strictObject({
  id: z.uuid(),
  full_name: z.string(),
  company: z.string().nullable(),
  phone: z.string().nullable(),
  line1: z.string(),
  line2: z.string().nullable(),
  city: z.string(),
  region: z.string().nullable(),
  postal_code: z.string().nullable(),
  country: z.string(),
  is_default_shipping: z.boolean(),
  is_default_billing: z.boolean(),
});

const NewAddress = Address.extend({
  is_default_shipping: z.boolean().optional(),
  is_default_billing: z.boolean().optional(),
});

const AddressParams = z.strictObject({ address: z.uuid() });

export const customerRoutes: Route[] = [
  route({
    method: 'post',
    path: '/auth/register',
    tag: 'Accounts',
    summary: 'Open an account',
    description:
      `Passwords have ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters, are not your e-mail address and not ` +
      'among the most common or breached ones. A shop that requires verified addresses answers 202 whether or not the address is known, ' +
      'and sends a mail; any other signs the new customer in at once with 201.',
    access: 'public',
    body: z.strictObject({
      email: Email,
      password: Password,
      first_name: PersonName.optional(),
      last_name: PersonName.optional(),
      locale: Locale.optional(),
      cart: GuestCart.optional(),
    }),
    answers: {
      status: 201,
      data: z.union([Session, CheckYourMail]),
      description: 'Signed in; or, with status 202, a mail is under way.',
    },
    errors: ['EMAIL_TAKEN', 'WEAK_PASSWORD'],
    handle: async ({ shop, caller, body: { cart, ...registration } }) => {
      const { may_sign_in } = await registerCustomer(shop, registration);
      if (!may_sign_in) return { status: 202, data: { status: 'check_your_mail' } };
      return { status: 201, data: await signIn(shop, registration, clientOf(caller), cart) };
    },
  }),
  route({
    method: 'post',
    path: '/auth/login',
    tag: 'Accounts',
    summary: 'Sign in',
    description:
      'Send the access token as `Authorization: Bearer …`. `otp` is for accounts with two-factor sign-in.',
    access: 'public',
    body: z.strictObject({
      email: Email,
      password: Password,
      otp: z.string().max(10).optional(),
      cart: GuestCart.optional(),
    }),
    answers: { status: 200, data: Session, description: 'Signed in.' },
    errors: ['INVALID_CREDENTIALS', 'INVALID_OTP', 'UNAVAILABLE'],
    handle: async ({ shop, caller, body: { cart, ...credentials } }) => ({
      status: 200,
      data: await signIn(shop, credentials, clientOf(caller), cart),
    }),
  }),
  route({
    method: 'post',
    path: '/auth/refresh',
    tag: 'Accounts',
    summary: 'Trade a refresh token for new tokens',
    description:
      'The refresh token that was sent is dead afterwards. Used once more, after ten seconds, it was copied: the session ends.',
    access: 'public',
    body: z.strictObject({ refresh_token: Token }),
    answers: { status: 200, data: Tokens, description: 'The new tokens.' },
    errors: ['INVALID_TOKEN'],
    handle: async ({ shop, caller, body }) => {
      const { user: _user, ...tokens } = await refreshSession(shop, body.refresh_token, clientOf(caller));
      return { status: 200, data: tokens };
    },
  }),
  route({
    method: 'post',
    path: '/auth/logout',
    tag: 'Accounts',
    summary: 'Sign out',
    description: 'The session is over: its refresh token and its access tokens are dead afterwards.',
    access: 'public',
    body: z.strictObject({ refresh_token: Token }),
    answers: { status: 204, description: 'Signed out, also when the token was dead already.' },
    handle: async ({ shop, caller, body }) => {
      await identityOf(shop).logout(body.refresh_token, clientOf(caller));
      return { status: 204 };
    },
  }),
  route({
    method: 'post',
    path: '/auth/verify',
    tag: 'Accounts',
    summary: 'Verify an e-mail address',
    description:
      'Takes the token of the mailed link, once and within seven days. Guest orders under the address join the account.',
    access: 'public',
    body: z.strictObject({ token: Token }),
    answers: {
      status: 200,
      data: z.strictObject({ status: z.literal('verified') }),
      description: 'The address is verified.',
    },
    errors: ['INVALID_TOKEN'],
    handle: async ({ shop, body }) => {
      await verifyEmail(shop, body.token);
      return { status: 200, data: { status: 'verified' } };
    },
  }),
  route({
    method: 'post',
    path: '/auth/password/request',
    tag: 'Accounts',
    summary: 'Ask for a mail to choose a new password with',
    description:
      'Answers alike whether or not the address has an account. The mail links to `/reset-password#token=…` of the storefront, or ' +
      'carries the token where the shop names none.',
    access: 'public',
    body: z.strictObject({ email: Email }),
    answers: {
      status: 202,
      data: CheckYourMail,
      description: 'A mail is under way, if there is an account.',
    },
    handle: async ({ shop, body }) => {
      await requestPasswordReset(shop, body.email);
      return { status: 202, data: { status: 'check_your_mail' } };
    },
  }),
  route({
    method: 'post',
    path: '/auth/password/reset',
    tag: 'Accounts',
    summary: 'Choose a new password with a mailed token',
    description: 'Takes the token once and within a day. Every session of the account ends.',
    access: 'public',
    body: z.strictObject({ token: Token, password: Password }),
    answers: { status: 204, description: 'The password is the new one.' },
    errors: ['INVALID_TOKEN', 'WEAK_PASSWORD'],
    handle: async ({ shop, body }) => {
      await resetPassword(shop, body.token, body.password);
      return { status: 204 };
    },
  }),
  route({
    method: 'post',
    path: '/me/password',
    tag: 'Me',
    summary: 'Change the password',
    description: 'The other sessions end; the one that asks goes on.',
    access: 'customer',
    body: z.strictObject({ current_password: Password, password: Password }),
    answers: { status: 204, description: 'The password is the new one.' },
    errors: ['INVALID_CREDENTIALS', 'WEAK_PASSWORD'],
    handle: async ({ shop, caller, body }) => {
      const { user, session } = caller;
      if (user === null) throw new KontorError('SIGN_IN_REQUIRED');
      await changePassword(shop, { user, session, ...clientOf(caller) }, body);
      return { status: 204 };
    },
  }),
  route({
    method: 'get',
    path: '/me',
    tag: 'Me',
    summary: 'The signed-in customer',
    access: 'customer',
    answers: { status: 200, data: Profile, description: 'The profile.' },
    handle: async ({ shop, caller }) => ({
      status: 200,
      data: await readProfile(shop.db, customerOf(caller)),
    }),
  }),
  route({
    method: 'patch',
    path: '/me',
    tag: 'Me',
    summary: 'Change the profile',
    description:
      'A VAT id has the form and check digit of its country; its country comes first, e.g. `DE136695976`. Null removes it.',
    access: 'customer',
    body: z.strictObject({
      first_name: PersonName.nullable().optional(),
      last_name: PersonName.nullable().optional(),
      phone: Phone.nullable().optional(),
      locale: Locale.nullable().optional(),
      accepts_marketing: z.boolean().optional(),
      vat_id: z.string().trim().min(4).max(32).nullable().optional(),
    }),
    answers: { status: 200, data: Profile, description: 'The profile as it is now.' },
    errors: ['VAT_ID_INVALID'],
    handle: async ({ shop, caller, body }) => ({
      status: 200,
      data: await updateProfile(shop, customerOf(caller), body),
    }),
  }),
  route({
    method: 'get',
    path: '/me/addresses',
    tag: 'Me',
    summary: 'The address book',
    access: 'customer',
    answers: {
      status: 200,
      data: z.array(SavedAddress),
      description: 'Default addresses first, then the newest.',
    },
    handle: async ({ shop, caller }) => ({
      status: 200,
      data: await listAddresses(shop, customerOf(caller)),
    }),
  }),
  route({
    method: 'post',
    path: '/me/addresses',
    tag: 'Me',
    summary: 'Add an address',
    description: 'A default mark is taken from the address that had it.',
    access: 'customer',
    body: NewAddress,
    answers: { status: 201, data: SavedAddress, description: 'The new address.' },
    errors: ['ADDRESS_LIMIT'],
    handle: async ({ shop, caller, body }) => ({
      status: 201,
      data: await addAddress(shop, customerOf(caller), body),
    }),
  }),
  route({
    method: 'patch',
    path: '/me/addresses/:address',
    tag: 'Me',
    summary: 'Change an address',
    description: 'Orders keep the address they were placed with.',
    access: 'customer',
    params: AddressParams,
    body: NewAddress.partial(),
    answers: { status: 200, data: SavedAddress, description: 'The address as it is now.' },
    errors: ['NOT_FOUND'],
    handle: async ({ shop, caller, params, body }) => ({
      status: 200,
      data: await changeAddress(shop, customerOf(caller), params.address, body),
    }),
  }),
  route({
    method: 'delete',
    path: '/me/addresses/:address',
    tag: 'Me',
    summary: 'Delete an address',
    access: 'customer',
    params: AddressParams,
    answers: { status: 204, description: 'The address is gone.' },
    errors: ['NOT_FOUND'],
    handle: async ({ shop, caller, params }) => {
      await removeAddress(shop, customerOf(caller), params.address);
      return { status: 204 };
    },
  }),
];

function clientOf({ ip, user_agent }: Caller): Client {
  return { ip, user_agent };
}

/** Routes for customers are refused before they get here; this says so to the compiler. */
function customerOf(caller: Caller): string {
  if (caller.customer === null) throw new KontorError('SIGN_IN_REQUIRED');
  return caller.customer;
}
