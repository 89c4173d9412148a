/** How much a request is worth to the shop when it cannot answer all: a list can be asked for again, money on its way cannot. */
import { plainPath } from '../core/plain-path.ts';

/** From what is refused first to what is refused last. */
export const WORK_CLASSES = ['reads', 'carts', 'staff', 'checkout'] as const;
export type WorkClass = (typeof WORK_CLASSES)[number];

/** Costs next to nothing, or says how the process is: never refused, never counted. */
const FREE = /^\/(|robots\.txt|metrics|server\/(ping|health)|admin(\/.*)?|docs(?!\/openapi\.json)(\/.*)?)$/;
const CHECKOUT = /^\/(webhooks\/.+|store\/carts\/[^/]+\/complete|store\/orders(\/.*)?)$/;
const CARTS = /^\/(store\/(carts?|me|auth|payment-providers)(\/.*)?|auth(\/.*)?)$/;
const STORE = /^\/store(\/.*)?$/;

/**
 * The class of a request by its method and path; null where it is always answered.
 * @param isStaff whether the request proves to be of staff; asked only where that makes a difference
 */
export function classOf(method: string, path: string, isStaff: () => boolean): WorkClass | null {
  const plain = plainPath(path);
  if (method === 'OPTIONS' || FREE.test(plain)) return null;
  if (CHECKOUT.test(plain)) return 'checkout';
  if (CARTS.test(plain)) return 'carts';
  return !STORE.test(plain) && isStaff() ? 'staff' : 'reads';
}
