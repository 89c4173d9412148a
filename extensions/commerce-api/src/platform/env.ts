/**
 * The settings Kontor reads, checked once at start. Directus reads its own from the same environment.
 * `.env.example` documents each of them.
 */
import { z } from 'zod';

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );
const flag = z
  .enum(['true', 'false', ''])
  .default('false')
  .transform((text) => text === 'true');

const Environment = z
  .object({
    /** Signs JWTs (Directus); order tokens and the hashes of network addresses are derived from it. */
    SECRET: z.string().min(16),
    /** While SECRET is changed: the one before, which still opens what it signed and encrypted. */
    SECRET_PREVIOUS: z.union([z.literal(''), z.string().min(16)]).default(''),
    /** A file of passwords known from breaches, as SHA-1 hashes in order; empty where there is none. */
    BREACHED_PASSWORDS: z.string().default(''),
    PUBLIC_URL: z.string().default('http://127.0.0.1:8055'),
    /** `on`: serve and run jobs. `off`: serve only. `only`: run jobs only. */
    JOBS: z.enum(['on', 'off', 'only']).default('on'),
    JOBS_CONCURRENCY: z.coerce.number().int().min(1).max(100).default(4),
    /** `off` lifts limits by network address; for benchmarks and tests. */
    RATE_LIMITS: z.enum(['on', 'off']).default('on'),
    /** Factors of the limits: one for all, `class=factor` for single ones. */
    RATE_LIMIT_SCALE: z
      .string()
      .regex(
        /^([a-z_]+=)?(100|\d{1,2}(\.\d{1,4})?)(, *([a-z_]+=)?(100|\d{1,2}(\.\d{1,4})?))*$/,
        'is no list of factors from 0 to 100, such as 2,search=10',
      )
      .default('1'),
    /** `off` lets everybody in however busy the process is; for benchmarks and tests. */
    OVERLOAD: z.enum(['on', 'off']).default('on'),
    /** Requests past the cache that may be under way in one process; lists are refused from half of it on. */
    OVERLOAD_IN_FLIGHT: z.coerce.number().int().min(1).max(100_000).default(300),
    /** How late the event loop may be, in milliseconds; lists are refused from half of it on. */
    OVERLOAD_DELAY_MS: z.coerce.number().int().min(10).max(60_000).default(500),
    /** How long the body of a request may take to arrive, from whoever may not use the admin app. */
    SLOW_BODY_MS: z.coerce.number().int().min(100).max(600_000).default(30_000),
    /** How long an answer may lie unread before its connection is cut. */
    UNREAD_ANSWER_MS: z.coerce.number().int().min(100).max(600_000).default(60_000),
    /** How long a process that was told to end goes on answering, so that a proxy hears of it first. */
    SHUTDOWN_DELAY_MS: z.coerce.number().int().min(0).max(600_000).default(0),
    /** `off` answers everything anew; for finding out whether the cache is at fault. */
    STOREFRONT_CACHE: z.enum(['on', 'off']).default('on'),
    /** How much memory kept answers may take, in megabytes. */
    STOREFRONT_CACHE_MB: z.coerce.number().int().min(1).max(4_096).default(64),
    /** Connections of its own that the storefront reads the catalogue with. */
    STOREFRONT_POOL_MAX: z.coerce.number().int().min(1).max(100).default(6),
    /** Paths beside Kontor's that anybody may ask: doors of other extensions, or of a collection of the merchant's. */
    PUBLIC_PATHS: list,
    STRIPE_SECRET_KEY: z.string().default(''),
    STRIPE_PUBLISHABLE_KEY: z.string().default(''),
    /** Several secrets, separated by commas, while one is being rotated. */
    STRIPE_WEBHOOK_SECRET: list,
    /** Only for the emulator: where the Stripe API is, e.g. http://127.0.0.1:12111. Empty means Stripe itself. */
    STRIPE_API_URL: z.string().default(''),
    PAYPAL_CLIENT_ID: z.string().default(''),
    PAYPAL_CLIENT_SECRET: z.string().default(''),
    /** The id PayPal gave the webhook: what its signatures are checked against. */
    PAYPAL_WEBHOOK_ID: z.string().default(''),
    PAYPAL_MODE: z.enum(['live', 'sandbox']).default('live'),
    /** Only for the emulator: where the PayPal API is. Empty means PayPal itself. */
    PAYPAL_API_URL: z.string().default(''),
    FLUTTERWAVE_SECRET_KEY: z.string().default(''),
    /** The secret hash of the dashboard; several, separated by commas, while one is being rotated. */
    FLUTTERWAVE_SECRET_HASH: list,
    /** Only for the emulator: where the Flutterwave API is. Empty means Flutterwave itself. */
    FLUTTERWAVE_API_URL: z.string().default(''),
    /** How long a payment provider may take to answer. */
    PAYMENT_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(20_000),
    /** Who says whether a VAT id exists: nobody (its form must do), or the register of the European Union. */
    VAT_CHECK: z.enum(['off', 'vies']).default('off'),
    /** Only for tests: where that register is. Empty means VIES itself. */
    VAT_CHECK_URL: z.string().default(''),
    /** A service of the merchant's own that says what carriers ask; empty where no carrier is asked. */
    SHIPPING_RATES_URL: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
    /** Signs what that service is asked. */
    SHIPPING_RATES_SECRET: z.string().default(''),
    /** Where Meilisearch is; empty where PostgreSQL alone searches. */
    MEILI_URL: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
    /** The master key, or one that may do everything with the indexes of the prefix, and with tasks. */
    MEILI_API_KEY: z.string().default(''),
    /** Begins the name of every index of this shop: several shops may share one Meilisearch. */
    MEILI_INDEX_PREFIX: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/)
      .default('kontor'),
    /** How long a search may take before PostgreSQL is asked instead. */
    MEILI_TIMEOUT_MS: z.coerce.number().int().min(50).max(30_000).default(1500),
    EMAIL_FROM: z.string().default('shop@example.com'),
    EMAIL_SMTP_HOST: z.string().default(''),
    EMAIL_SMTP_PORT: z.coerce.number().int().min(1).max(65535).default(587),
    EMAIL_SMTP_USER: z.string().default(''),
    EMAIL_SMTP_PASSWORD: z.string().default(''),
    EMAIL_SMTP_SECURE: flag,
  })
  .refine((env) => env.SHIPPING_RATES_URL === '' || env.SHIPPING_RATES_SECRET.length >= 16, {
    path: ['SHIPPING_RATES_SECRET'],
    message: 'needs 16 characters or more where SHIPPING_RATES_URL is set',
  });

export type Env = z.output<typeof Environment>;

export const ENV_NAMES: readonly string[] = Object.keys(Environment.shape);

/**
 * Reads the settings from an environment. Unset and empty mean the same.
 * @throws Error that names every wrong variable, so that one start shows all of them.
 */
export function readEnv(source: Record<string, unknown>): Env {
  const given = Object.fromEntries(
    ENV_NAMES.filter(
      (name) => source[name] !== undefined && source[name] !== null && source[name] !== '',
    ).map((name) => [name, asText(source[name])]),
  );
  const result = Environment.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment does not hold: ${problems.join('; ')}. See .env.example.`);
}

/**
 * Directus casts what looks like a list, number or boolean unless it is marked `string:`; Kontor's schema starts from text,
 * and the marks are still there where Directus does not run.
 */
function asText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value).replace(/^string:/, '');
}
