import { mergeCart } from '../cart/merge-cart.ts';
import { isKontorError } from '../errors.ts';
import { enqueue } from '../platform/jobs.ts';
import { inTransaction } from '../platform/database.ts';
import type { Client, Credentials } from '../platform/identity.ts';
import type { Shop } from '../platform/shop.ts';
import { evenOutSignIn } from './even-work.ts';
import { identityOf } from './identity-of.ts';
import { ensureCustomer } from './queries.ts';

export interface GuestCart {
  id: string;
  token: string;
}

export interface Session {
  access_token: string;
  refresh_token: string;
  /** Milliseconds until the access token expires. */
  expires: number;
  /** The customer's cart after a guest's was merged into it; null when none was. */
  cart: string | null;
}

/**
 * Signs a customer in and merges the cart they filled as a guest. A cart that cannot be merged, since it was merged by an
 * earlier attempt or its token is wrong, does not keep anybody out.
 * @throws KontorError INVALID_CREDENTIALS, INVALID_OTP
 */
export async function signIn(
  shop: Shop,
  credentials: Credentials,
  client: Client,
  cart: GuestCart | undefined,
): Promise<Session> {
  const identity = identityOf(shop);
  await evenOutSignIn(shop.db, credentials, identity.hash);
  const { user, ...tokens } = await identity.login(credentials, client);
  const customer = await customerBehind(shop, user);
  if (!cart || customer === null) return { ...tokens, cart: null };
  return { ...tokens, cart: await mergeIfPossible(shop, cart, customer) };
}

/** Users made in the admin app become customers when they first sign in here. */
async function customerBehind(shop: Shop, user: string): Promise<string | null> {
  return inTransaction(shop.db, async (trx) => {
    const known = await ensureCustomer(trx, user);
    if (known?.is_new) {
      await enqueue(trx, 'announce', { action: 'create', collection: 'customers', keys: [known.customer] });
    }
    return known?.customer ?? null;
  });
}

async function mergeIfPossible(shop: Shop, cart: GuestCart, customer: string): Promise<string | null> {
  try {
    return await mergeCart(shop, { cart: cart.id, token: cart.token, customer });
  } catch (error) {
    if (isKontorError(error)) return null;
    throw error;
  }
}
