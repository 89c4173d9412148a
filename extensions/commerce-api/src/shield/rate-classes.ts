/**
 * How often what may be asked, and why. Each request is of one class by its method and path, counted by its network address;
 * what names an account is counted by that account and the address together too (`account-limits.ts`). Never by the account
 * alone: then any stranger could keep its owner out.
 */
import { plainPath } from '../core/plain-path.ts';

export interface RateLimit {
  /** How many requests in one window. */
  requests: number;
  /** The window begins with the first request and has this length. */
  seconds: number;
  /** How many of them may fail, where failing is what a guesser does, and which statuses say that one did. */
  failures?: { most: number; statuses: readonly number[] };
  /** What is counted, for people. */
  of: string;
  why: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** What a shop of usual size needs for its busiest shopper, and offices and mobile networks share one address. */
export const RATE_LIMITS = {
  login: {
    requests: 300,
    seconds: 15 * MINUTE,
    failures: { most: 30, statuses: [401, 403] },
    of: 'passwords and one-time passwords typed in, by address',
    why: 'An office signs in from one address; 30 wrong passwords are more than an office mistypes.',
  },
  login_account: {
    requests: 100,
    seconds: 15 * MINUTE,
    failures: { most: 10, statuses: [401, 403] },
    of: 'sign-ins to one account from one address',
    why: 'Who mistypes ten times resets the password. The same account stays open to every other address.',
  },
  registration: {
    requests: 20,
    seconds: HOUR,
    of: 'new accounts, by address',
    why: 'Each hashes a password and sends a mail.',
  },
  registration_account: {
    requests: 5,
    seconds: HOUR,
    of: 'registrations of one e-mail address from one address',
    why: 'Each mails the link again; more would only fill a mailbox.',
  },
  password_reset: {
    requests: 20,
    seconds: HOUR,
    of: 'requests for a new password, by address',
    why: 'Each sends a mail to somebody who may not have asked.',
  },
  password_reset_account: {
    requests: 5,
    seconds: HOUR,
    of: 'requests for a new password of one account from one address',
    why: 'The mails that came hold for a day; more would only fill a mailbox.',
  },
  mailed_token: {
    requests: 60,
    seconds: HOUR,
    failures: { most: 20, statuses: [400, 401, 403, 404] },
    of: 'tokens out of mails (verification, new password, invitation, saved cart), by address',
    why: 'Links are opened once or twice; what fails is old, or guessed.',
  },
  notices: {
    requests: 30,
    seconds: HOUR,
    of: 'requests to be mailed when goods are back, by address',
    why: 'Each makes the shop write to an address that somebody typed.',
  },
  coupon_codes: {
    requests: 200,
    seconds: 10 * MINUTE,
    failures: { most: 20, statuses: [422] },
    of: 'promotion codes put on carts, by address',
    why: 'Shoppers try what they find on lists of codes; codes are short, and programs try them all.',
  },
  gift_cards: {
    requests: 100,
    seconds: 10 * MINUTE,
    failures: { most: 10, statuses: [422] },
    of: 'gift card codes, by address',
    why: 'A code is money and has 80 bits: with 10 wrong ones in 10 minutes nobody guesses one, and no single address uses up the 100 the whole shop takes.',
  },
  checkout: {
    requests: 60,
    seconds: 10 * MINUTE,
    of: 'checkouts completed, by address',
    why: 'Each is a transaction over stock and asks a payment provider; repeats after a lost answer are meant to be free.',
  },
  payments: {
    requests: 60,
    seconds: 10 * MINUTE,
    of: 'payments started anew and payment methods kept, by address',
    why: 'Each asks a provider; stolen cards are tried by the hundred.',
  },
  payment_status: {
    requests: 240,
    seconds: MINUTE,
    of: 'questions how a payment ended, by address',
    why: 'The page shoppers return to asks every second or two until it knows.',
  },
  search: {
    requests: 300,
    seconds: MINUTE,
    of: 'searches and suggestions that are not in the cache, by address',
    why: 'Suggestions are asked for with each letter; a search costs more than a list.',
  },
  webhooks: {
    requests: 6_000,
    seconds: MINUTE,
    failures: { most: 600, statuses: [400, 404] },
    of: 'webhooks, by address',
    why: 'Providers send in bursts from few addresses and come again when refused; only unsigned ones are few.',
  },
  staff: {
    requests: 1_200,
    seconds: MINUTE,
    of: 'actions of staff, by address',
    why: 'A warehouse scans from one address, and scripts of the merchant come from another.',
  },
  everything: {
    requests: 3_000,
    seconds: MINUTE,
    of: 'everything else that is not in the cache, by address',
    why: 'The admin app asks a hundred times for a page; only a flood is faster than 50 a second for a minute.',
  },
} as const satisfies Record<string, RateLimit>;

export type RateClass = keyof typeof RATE_LIMITS;

export const RATE_CLASSES = Object.keys(RATE_LIMITS) as RateClass[];

/** Classes of requests by their address: the first line that fits. Paths as `plainPath` writes them. */
const LINES: readonly [method: string, path: RegExp, of: RateClass][] = [
  ['POST', /^\/(store\/)?auth\/login(\/|$)/, 'login'],
  ['POST', /^\/(users\/me\/tfa\/|store\/me\/password$)/, 'login'],
  ['POST', /^\/(store\/auth|users)\/register$/, 'registration'],
  ['POST', /^\/(store\/)?auth\/password\/request$/, 'password_reset'],
  ['POST', /^\/(store\/)?auth\/(password\/reset|verify)$/, 'mailed_token'],
  ['POST', /^\/(users\/invite\/accept|store\/carts\/recover)$/, 'mailed_token'],
  ['POST', /^\/store\/stock\/notices$/, 'notices'],
  ['POST', /^\/store\/carts\/[^/]+\/codes$/, 'coupon_codes'],
  ['POST', /^\/store\/(carts\/[^/]+\/gift-cards|gift-cards\/balance)$/, 'gift_cards'],
  ['POST', /^\/store\/carts\/[^/]+\/complete$/, 'checkout'],
  ['POST', /^\/store\/(orders\/[^/]+\/pay|me\/payment-methods)$/, 'payments'],
  ['GET', /^\/store\/(orders\/[^/]+\/payment|me\/payment-methods\/setups\/[^/]+)$/, 'payment_status'],
  ['GET', /^\/store\/search\//, 'search'],
];

/** Lists that search when they are asked with this parameter. */
const SEARCHABLE: readonly [path: RegExp, parameter: string][] = [
  [/^\/store\/products$/, 'q'],
  [/^\/items\//, 'search'],
];

/**
 * The class of a request, by its method and its target as it came.
 * @returns null for what is never limited: preflights, without which browsers could not read that a request was, and the question
 * whether the server lives, whose asker would end it.
 */
export function classOf(method: string, target: string): RateClass | null {
  const at = target.indexOf('?');
  const path = plainPath(at === -1 ? target : target.slice(0, at));
  if (method === 'OPTIONS' || path === '/server/ping') return null;
  if (path.startsWith('/webhooks/')) return 'webhooks';
  if (path.startsWith('/staff/')) return 'staff';
  // Asks Directus with a query in its body, which may be a search.
  if (method === 'SEARCH') return 'search';
  const verb = method === 'HEAD' ? 'GET' : method;
  for (const [of, pattern, name] of LINES) if (of === verb && pattern.test(path)) return name;
  const isSearch = verb === 'GET' && at !== -1 && searches(path, target.slice(at + 1));
  return isSearch ? 'search' : 'everything';
}

function searches(path: string, query: string): boolean {
  const line = SEARCHABLE.find(([pattern]) => pattern.test(path));
  if (!line) return false;
  const [, parameter] = line;
  // `search[]=` and the like are read as the same parameter.
  return [...new URLSearchParams(query).keys()].some((name) => name.split('[', 1)[0] === parameter);
}
