import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { KontorError } from '../errors.ts';
import type { Caller } from '../platform/caller.ts';
import type { Env } from '../platform/env.ts';
import { hashToken, keyFor, underEachSecret } from '../platform/secrets.ts';
import type { Shop } from '../platform/shop.ts';
import { reopenCart } from './abandoned-queries.ts';
import { cartById, type CartRow } from './queries.ts';
import { quoteCart, type QuotedCart } from './quote-cart.ts';

/**
 * What the link in a mail carries: the cart, and a proof that we wrote to its address. Derived, so that nothing that opens a
 * cart is stored; once the cart has another address, the links of earlier mails are dead.
 */
export function recoveryToken(env: Env, cart: Pick<CartRow, 'id' | 'email'>): string {
  return `${cart.id}.${proofOf(env, cart)}`;
}

/**
 * Opens a cart from a mail's link and takes the mark of an abandoned one off. A guest gets a new token for it, since the old one
 * was never stored; the old one is dead. A customer's cart needs none: its customer has to be signed in. May be repeated.
 * @throws KontorError NOT_FOUND for a token of no cart; SIGN_IN_REQUIRED; CART_NOT_OPEN once it is an order
 */
export async function recoverCart(
  shop: Shop,
  caller: Pick<Caller, 'customer'>,
  recovery_token: string,
): Promise<{ quoted: QuotedCart; token: string | null }> {
  const cart = await cartOf(shop, recovery_token);
  if (cart.status !== 'active') throw new KontorError('CART_NOT_OPEN', { status: cart.status });
  if (cart.customer !== null && cart.customer !== caller.customer) throw new KontorError('SIGN_IN_REQUIRED');
  const token = cart.customer === null ? randomBytes(32).toString('base64url') : null;
  const isOpened = await reopenCart(shop.db, cart.id, token && hashToken(token));
  if (!isOpened) throw new KontorError('CART_NOT_OPEN');
  return { quoted: await quoteCart(shop, shop.db, cart.id), token };
}

const TOKEN = /^(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(?<proof>[\w-]{43})$/;

async function cartOf(shop: Shop, token: string): Promise<CartRow> {
  const { id, proof } = TOKEN.exec(token)?.groups ?? {};
  const cart = id ? await cartById(shop.db, id) : undefined;
  const isProven =
    cart?.origin === 'shopper' &&
    underEachSecret(shop.env).some((env) =>
      timingSafeEqual(Buffer.from(proof ?? ''), Buffer.from(proofOf(env, cart))),
    );
  if (!cart || !isProven) throw new KontorError('NOT_FOUND');
  return cart;
}

function proofOf(env: Env, { id, email }: Pick<CartRow, 'id' | 'email'>): string {
  return createHmac('sha256', keyFor(env, 'cart-recovery'))
    .update(`${id} ${email?.toLowerCase() ?? ''}`)
    .digest('base64url');
}
