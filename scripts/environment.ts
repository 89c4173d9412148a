/**
 * The settings of this installation: the real environment first, then `.env`, then defaults. Directus itself lets a `.env`
 * in its folder override the environment, so it is pointed at an empty file and given everything as environment.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ROOT, SetupProblem } from './prepare.mjs';

export type Settings = Record<string, string>;

/** What Kontor keeps beside its sources: locks, uploads, logs, where the embedded database is. */
export const STATE = join(ROOT, '.kontor');

/** Starts with a letter, so that nothing mistakes it for a number or a list. */
export function newSecret(bytes = 24): string {
  return `k${randomBytes(bytes).toString('base64url')}`;
}

/** Reads `.env`, after making one with secrets of its own where there is none and the environment brings none. */
export function loadSettings({ create = false } = {}): Settings {
  const file = join(ROOT, '.env');
  const isGiven = Boolean(process.env['SECRET'] && process.env['ADMIN_PASSWORD']);
  if (!existsSync(file) && create && !isGiven) {
    writeFileSync(file, firstEnv());
    chmodSync(file, 0o600);
  }
  const fromFile = existsSync(file) ? (parseEnv(readFileSync(file, 'utf8')) as Settings) : {};
  const fromEnvironment = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return { ...fromFile, ...fromEnvironment };
}

function firstEnv(): string {
  return [
    '# Made on the first start, with secrets of its own. Every variable is explained in .env.example.',
    `SECRET=${newSecret(32)}`,
    'ADMIN_EMAIL=admin@example.com',
    `ADMIN_PASSWORD=${newSecret(12)}`,
    '',
  ].join('\n');
}

/** The database the settings name, or null when Kontor should run its own. */
export function givenDatabase(settings: Settings): Settings | null {
  const url = settings['DATABASE_URL'] ?? settings['DB_CONNECTION_STRING'];
  if (url) {
    let parsed: URL;
    try {
      parsed = new URL(url);
    } catch {
      throw new SetupProblem('DATABASE_URL is not a URL. Write postgres://user:password@host:5432/database.');
    }
    return {
      DB_HOST: parsed.hostname,
      DB_PORT: parsed.port || '5432',
      DB_DATABASE: decodeURIComponent(parsed.pathname.slice(1)),
      DB_USER: decodeURIComponent(parsed.username),
      DB_PASSWORD: decodeURIComponent(parsed.password),
      ...sslSettings(parsed.searchParams.get('sslmode')),
    };
  }
  if (!settings['DB_HOST']) return null;
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name.startsWith('DB_')));
}

/** `verify-ca` and `verify-full` check the server's certificate; the weaker ones only encrypt. */
function sslSettings(mode: string | null): Settings {
  if (!mode || mode === 'disable') return {};
  return { DB_SSL__REJECT_UNAUTHORIZED: String(mode.startsWith('verify-')) };
}

/** What a setting is when nobody says otherwise. */
export const DEFAULTS: Settings = {
  HOST: '0.0.0.0',
  PORT: '8055',
  LOG_STYLE: 'raw',
  LOG_LEVEL: 'warn',
  JOBS: 'on',
  RATE_LIMITS: 'on',
  RATE_LIMIT_SCALE: '1',
  EMAIL_FROM: 'shop@example.com',
  CORS_ENABLED: 'true',
  CORS_ORIGIN: 'true',
  CORS_EXPOSED_HEADERS: 'Content-Range,Retry-After,RateLimit,RateLimit-Policy',
  SESSION_COOKIE_SAME_SITE: 'lax',
  REFRESH_TOKEN_COOKIE_SAME_SITE: 'lax',
  IP_TRUST_PROXY: 'false',
  SHUTDOWN_DELAY_MS: '0',
  SERVER_SHUTDOWN_TIMEOUT: '20000',
  SERVER_HEADERS_TIMEOUT: '10000',
  SERVER_REQUEST_TIMEOUT: '600000',
  SERVER_KEEP_ALIVE_TIMEOUT: '65000',
  SERVER_CONNECTIONS_CHECKING_INTERVAL: '5000',
  SERVER_MAX_HEADER_SIZE: '16384',
  SERVER_MAX_CONNECTIONS: '5000',
  SERVER_MAX_REQUESTS_PER_SOCKET: '0',
  DB_POOL__MIN: '2',
  DB_POOL__MAX: '20',
};

/** What Kontor decides for Directus; `.env.example` says why. */
export const FIXED: Settings = {
  DB_CLIENT: 'pg',
  TZ: 'UTC',
  EXTENSIONS_PATH: join(ROOT, 'extensions'),
  EXTENSIONS_MUST_LOAD: 'true',
  RATE_LIMITER_ENABLED: 'false',
  RATE_LIMITER_GLOBAL_ENABLED: 'false',
  CACHE_SCHEMA_FREEZE_ENABLED: 'true',
  CACHE_ENABLED: 'false',
  CACHE_SYSTEM_TTL: '15m',
  WEBSOCKETS_ENABLED: 'false',
  WEBSOCKETS_LOGS_ENABLED: 'false',
  AI_ENABLED: 'false',
  MCP_ENABLED: 'false',
  TUS_ENABLED: 'false',
  TELEMETRY: 'false',
  GRAPHQL_INTROSPECTION: 'false',
  OPENAPI_ENABLED: 'false',
  PRESSURE_LIMITER_ENABLED: 'false',
  CONTENT_SECURITY_POLICY_DIRECTIVES__CONNECT_SRC: "'self'",
  CONTENT_SECURITY_POLICY_DIRECTIVES__IMG_SRC: "'self' data: blob:",
  LOGGER_REDACT__PATHS: [
    'array:req.headers.authorization',
    'req.headers.cookie',
    'res.headers',
    'req.query.access_token',
    'req.headers["x-cart-token"]',
    'req.headers["x-order-token"]',
    'req.headers["idempotency-key"]',
  ].join(','),
  ROOT_REDIRECT: './admin',
  MAX_RELATIONAL_DEPTH: '6',
  MAX_BATCH_MUTATION: '500',
  QUERY_LIMIT_MAX: '500',
  MAX_PAYLOAD_SIZE: '1mb',
  GRAPHQL_QUERY_TOKEN_LIMIT: '5000',
  EMAIL_TRANSPORT: 'smtp',
  EMAIL_VERIFY_SETUP: 'false',
  MARKETPLACE_TRUST: 'sandbox',
  IMPORT_IP_DENY_LIST:
    '0.0.0.0,0.0.0.0/8,::,127.0.0.0/8,169.254.0.0/16,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16',
  STORAGE_LOCATIONS: 'local',
};

/** With Redis, several servers share their caches' news, limits and clock; without, each keeps to itself and nothing asks for one. */
function redisSettings(settings: Settings): Settings {
  const url = settings['REDIS'] || settings['REDIS_URL'];
  if (!url && !settings['REDIS_HOST']) return { REDIS_ENABLED: 'false' };
  return {
    ...(url && { REDIS: url }),
    REDIS_ENABLED: 'true',
    CACHE_STORE: 'redis',
    RATE_LIMITER_STORE: 'redis',
    SYNCHRONIZATION_STORE: 'redis',
  };
}

/** Behind TLS, cookies travel by it alone and browsers come back by it alone. */
function transportSettings(settings: Settings): Settings {
  const is_secure = (settings['PUBLIC_URL'] ?? '').startsWith('https://');
  return {
    SESSION_COOKIE_SECURE: String(is_secure),
    REFRESH_TOKEN_COOKIE_SECURE: String(is_secure),
    ...(is_secure && {
      HSTS_ENABLED: 'true',
      HSTS_MAX_AGE: '31536000',
      HSTS_INCLUDE_SUB_DOMAINS: 'false',
    }),
  };
}

/** What Directus would take for a number or a list when it looks like one. */
const TEXTS = [
  'SECRET',
  'SECRET_PREVIOUS',
  'DB_PASSWORD',
  'ADMIN_PASSWORD',
  'EMAIL_SMTP_PASSWORD',
  'STRIPE_SECRET_KEY',
  'STRIPE_PUBLISHABLE_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'PAYPAL_CLIENT_ID',
  'PAYPAL_CLIENT_SECRET',
  'PAYPAL_WEBHOOK_ID',
  'FLUTTERWAVE_SECRET_KEY',
  'FLUTTERWAVE_SECRET_HASH',
  'MEILI_API_KEY',
];

/**
 * The whole environment of a Directus process.
 * Values that Directus would cast (a password that looks like a number or a list) are marked as text.
 */
export function directusEnvironment(
  settings: Settings,
  database: Settings,
  overrides: Settings = {},
): Settings {
  mkdirSync(STATE, { recursive: true });
  const noConfig = join(STATE, 'empty.env');
  if (!existsSync(noConfig)) writeFileSync(noConfig, '');
  const storage = settings['STORAGE_LOCAL_ROOT'] ?? join(STATE, 'uploads');
  mkdirSync(storage, { recursive: true });
  const all: Settings = {
    ...DEFAULTS,
    ...FIXED,
    ...redisSettings(settings),
    ...transportSettings({ ...settings, ...overrides }),
    ...settings,
    ...database,
    CONFIG_PATH: noConfig,
    STORAGE_LOCAL_DRIVER: 'local',
    STORAGE_LOCAL_ROOT: storage,
    TEMP_PATH: settings['TEMP_PATH'] ?? join(STATE, 'temp'),
    ...overrides,
  };
  for (const name of TEXTS) {
    const value = all[name];
    if (value && !value.startsWith('string:')) all[name] = `string:${value}`;
  }
  return all;
}
