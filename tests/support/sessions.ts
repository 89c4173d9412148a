/** Signing in and out of a running shop, with whatever a browser or app would send. */
import { randomUUID } from 'node:crypto';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import type { TestServer } from './server.ts';
import { aCustomer, send, type Call, type Reply } from './store-client.ts';

export const PASSWORD = 'tulips-on-tuesday';

export interface SignedIn {
  email: string;
  user: string;
  customer: string;
  token: string;
  refresh_token: string;
}

export interface Desk {
  /** A new customer with one session. */
  signedIn: () => Promise<SignedIn>;
  /** One more session of theirs. */
  signInAgain: (email: string) => Promise<{ token: string; refresh_token: string }>;
  refresh: (refresh_token: string) => Promise<Reply>;
  me: (token: string) => Promise<Reply>;
  /** As if all tokens that were replaced had been so a minute before. */
  letGraceEnd: (user: string) => Promise<unknown>;
  /** The admin app's way: the token is in a cookie. */
  cookieOf: (email: string, password?: string) => Promise<string>;
  /** What the activity log says of a user or customer. */
  activityOf: (item: string) => Promise<{ action: string; user: string }[]>;
}

/** Somebody new who has the role, signed in at Directus. */
export async function aMember(
  server: TestServer,
  call: Call,
  role: string,
): Promise<{ user: string; email: string; token: string }> {
  const email = `member-${randomUUID()}@example.com`;
  const { data: made } = await call(
    'POST',
    '/users',
    { email, password: PASSWORD, role, status: 'active' },
    { token: server.admin_token },
  );
  const { data } = await call('POST', '/auth/login', { email, password: PASSWORD });
  return { user: made.id, email, token: data.access_token };
}

export function sessionDesk(server: TestServer, call: Call): Desk {
  async function signInAgain(email: string) {
    const { data } = await call('POST', '/store/auth/login', { email, password: PASSWORD });
    return { token: data.access_token as string, refresh_token: data.refresh_token as string };
  }
  return {
    signInAgain,
    async signedIn() {
      const { email } = await aCustomer(call);
      await server.db.raw(
        'delete from directus_sessions where "user" = (select id from directus_users where email = ?)',
        [email],
      );
      const ids = await row<{ user: string; customer: string }>(
        server.db,
        'select u.id as "user", c.id as customer from directus_users u join customers c on c."user" = u.id where u.email = ?',
        [email],
      );
      return { email, ...ids!, ...(await signInAgain(email)) };
    },
    refresh: (refresh_token) => call('POST', '/store/auth/refresh', { refresh_token }),
    me: (token) => call('GET', '/store/me', undefined, { token }),
    letGraceEnd: (user) =>
      server.db.raw(
        `update commerce.replaced_tokens r set replaced_at = r.replaced_at - interval '1 minute'
         from commerce.sessions s where s.id = r.session and s."user" = ?`,
        [user],
      ),
    async cookieOf(email, password = PASSWORD) {
      const answer = await fetch(`${server.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password, mode: 'session' }),
      });
      const cookie = answer.headers.getSetCookie().find((each) => each.startsWith('directus_session_token='));
      if (!cookie) throw new Error(`signing in answered ${answer.status} ${await answer.text()}`);
      return cookie;
    },
    async activityOf(item) {
      const { rows } = await server.db.raw(
        'select action, "user" from directus_activity where item = ? order by id',
        [item],
      );
      return rows;
    },
  };
}

/** A request of a browser: with cookies, and where it comes from. */
export function browse(
  url: string,
  {
    method = 'GET',
    cookie,
    body,
    ...headers
  }: { method?: string; cookie: string; body?: unknown; origin?: string; referer?: string },
): Promise<Reply> {
  return send(url, {
    method,
    headers: {
      cookie: cookie.split(';', 1)[0]!,
      ...headers,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}
