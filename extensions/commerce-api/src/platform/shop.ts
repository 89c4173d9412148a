/** The context value every use case takes first. Made once per process. */
import { randomUUID } from 'node:crypto';
import type { PaymentProvider } from '../providers/payment.ts';
import type { BreachedPasswords } from '../providers/breached-passwords.ts';
import type { Meilisearch } from '../providers/search-meilisearch.ts';
import type { ShippingRates } from '../providers/shipping-rates.ts';
import type { VatCheck } from '../providers/vat-check.ts';
import type { Database } from './database.ts';
import { readBigintsAsNumbers } from './database.ts';
import { readEnv, type Env } from './env.ts';
import type { Identity } from './identity.ts';

export interface Log {
  info: (fields: object, message: string) => void;
  warn: (fields: object, message: string) => void;
  error: (fields: object, message: string) => void;
}

/** Tells hooks and flows of Directus what Kontor wrote; present only where it runs inside Directus. */
export interface Announcer {
  announce: (event: Announcement) => Promise<void>;
}

export interface Announcement {
  action: 'create' | 'update';
  collection: string;
  keys: string[];
}

export interface Shop {
  db: Database;
  env: Env;
  log: Log;
  now: () => Date;
  newId: () => string;
  providers: {
    payments: Record<string, PaymentProvider>;
    vat_check: VatCheck;
    /** Null where no carrier is asked. */
    shipping_rates: ShippingRates | null;
    /** Null where PostgreSQL alone searches. */
    search: Meilisearch | null;
    /** Null where the operator names no list. */
    breached_passwords: BreachedPasswords | null;
  };
  announcer: Announcer | null;
  /** Signing in and out; present only where Kontor serves inside Directus. */
  identity: Identity | null;
}

export interface ShopParts {
  db: Database;
  /** Read from the process when not given. */
  env?: Env;
  log: Log;
  payments: (env: Env, log: Log) => Record<string, PaymentProvider>;
  vat_check: (env: Env) => VatCheck;
  shipping_rates: (env: Env) => ShippingRates | null;
  search?: (env: Env) => Meilisearch | null;
  breached_passwords?: (env: Env) => BreachedPasswords | null;
  announcer?: Announcer | null;
  identity?: Identity | null;
}

/** Puts the context together from where it runs: inside Directus, in the CLI or in a test. */
export function makeShop(parts: ShopParts): Shop {
  readBigintsAsNumbers();
  const env = parts.env ?? readEnv(process.env);
  return {
    db: parts.db,
    env,
    log: parts.log,
    now: () => new Date(),
    newId: randomUUID,
    providers: {
      payments: parts.payments(env, parts.log),
      vat_check: parts.vat_check(env),
      shipping_rates: parts.shipping_rates(env),
      search: parts.search?.(env) ?? null,
      breached_passwords: parts.breached_passwords?.(env) ?? null,
    },
    announcer: parts.announcer ?? null,
    identity: parts.identity ?? null,
  };
}
