/** What a laptop may do and production must not. */
import type { Settings } from './environment.ts';

/** What says that a provider is offered, what its webhooks are checked with, and where its emulator would be. */
const PROVIDERS = [
  ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_API_URL'],
  ['PAYPAL_CLIENT_ID', 'PAYPAL_WEBHOOK_ID', 'PAYPAL_API_URL'],
  ['FLUTTERWAVE_SECRET_KEY', 'FLUTTERWAVE_SECRET_HASH', 'FLUTTERWAVE_API_URL'],
] as const;

/** Parts of Directus with holes nobody mends any more, and which the shield cannot stand in front of or need not. */
const CLOSED_PARTS = ['WEBSOCKETS_ENABLED', 'TUS_ENABLED', 'AI_ENABLED', 'MCP_ENABLED', 'CACHE_ENABLED'];

/** Whether anything stands between the commas. */
function isList(text = ''): boolean {
  return text.split(',').some((part) => part.trim() !== '');
}

/** @returns one sentence per problem, each saying what to set */
export function productionProblems(settings: Settings): string[] {
  const problems: string[] = [];
  const need = (isFine: boolean, problem: string) => {
    if (!isFine) problems.push(problem);
  };
  const is = (name: string) => Boolean(settings[name]);
  need((settings['SECRET'] ?? '').length >= 32, 'SECRET is shorter than 32 characters: set a random one.');
  need(
    !is('SECRET_PREVIOUS') || settings['SECRET_PREVIOUS'] !== settings['SECRET'],
    'SECRET_PREVIOUS is SECRET itself: set SECRET to a new one, or remove SECRET_PREVIOUS.',
  );
  need(
    settings['SESSION_COOKIE_SECURE'] !== 'false' && settings['REFRESH_TOKEN_COOKIE_SECURE'] !== 'false',
    'SESSION_COOKIE_SECURE or REFRESH_TOKEN_COOKIE_SECURE is false: remove it, or sessions travel unencrypted.',
  );
  need(
    is('DATABASE_URL') || is('DB_HOST'),
    'There is no DATABASE_URL: the embedded database is for laptops.',
  );
  need((settings['PUBLIC_URL'] ?? '').startsWith('https://'), 'PUBLIC_URL is not https://….');
  need(
    is('STRIPE_SECRET_KEY') || is('PAYPAL_CLIENT_ID') || is('FLUTTERWAVE_SECRET_KEY'),
    'There is no STRIPE_SECRET_KEY, PAYPAL_CLIENT_ID or FLUTTERWAVE_SECRET_KEY: emulators take no money.',
  );
  for (const [key, secret, url] of PROVIDERS) {
    need(!is(url), `${url} points away from the provider: remove it.`);
    need(!is(key) || isList(settings[secret]), `${secret} is not set: paid orders would stay unpaid.`);
  }
  need(
    !/^(sk|rk)_test_/.test(settings['STRIPE_SECRET_KEY'] ?? ''),
    'STRIPE_SECRET_KEY is a key of the test mode: it takes no money.',
  );
  need(
    !is('STRIPE_SECRET_KEY') || is('STRIPE_PUBLISHABLE_KEY'),
    'STRIPE_PUBLISHABLE_KEY is not set: storefronts cannot show Stripe’s form.',
  );
  need(
    !is('PAYPAL_CLIENT_ID') || is('PAYPAL_CLIENT_SECRET'),
    'PAYPAL_CLIENT_SECRET is not set: PayPal would not let the shop in.',
  );
  need(
    !is('PAYPAL_CLIENT_ID') || settings['PAYPAL_MODE'] !== 'sandbox',
    'PAYPAL_MODE is sandbox: it takes no money.',
  );
  need(is('EMAIL_SMTP_HOST'), 'EMAIL_SMTP_HOST is not set: nobody would get mail.');
  need(
    is('CORS_ORIGIN') && settings['CORS_ORIGIN'] !== 'true',
    'CORS_ORIGIN is not set: name your storefronts.',
  );
  need(is('IP_TRUST_PROXY'), 'IP_TRUST_PROXY is not set: say how many proxies stand in front, or false.');
  need(
    settings['IP_TRUST_PROXY'] !== 'true',
    'IP_TRUST_PROXY is true: every client could choose its address, and pass every limit. Say how many proxies stand in front.',
  );
  need(settings['RATE_LIMITS'] !== 'off', 'RATE_LIMITS is off.');
  for (const name of CLOSED_PARTS) {
    need(
      settings[name] !== 'true',
      `${name} is on: extensions/commerce-api/src/shield/advisories.md says what that opens.`,
    );
  }
  need(
    settings['LOG_STYLE'] !== 'pretty',
    'LOG_STYLE is pretty: addresses and tokens would stand in the log.',
  );
  need(settings['OVERLOAD'] !== 'off', 'OVERLOAD is off: a busy shop would lose checkouts to lists.');
  for (const name of ['SESSION_COOKIE_SECURE', 'REFRESH_TOKEN_COOKIE_SECURE', 'HSTS_ENABLED'])
    need(settings[name] !== 'false', `${name} is false: remove it, and what PUBLIC_URL says holds.`);
  need(
    settings['ADMIN_PASSWORD'] !== 'admin' && settings['ADMIN_PASSWORD'] !== 'password',
    'ADMIN_PASSWORD is guessable.',
  );
  return problems;
}
