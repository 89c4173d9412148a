/**
 * Who is signed in, on every surface of Directus: what its own authentication believes for minutes is held against the database here, and
 * what it does not look at (copied refresh tokens, cookies sent by other pages, weak passwords) is. A process that cannot mount this
 * does not serve: Directus only warns when an init hook fails, so a failure ends the process.
 */
import type { NextFunction, Request, Response } from 'express';
import { plainPath } from './core/plain-path.ts';
import { evenOutSignIn } from './customers/even-work.ts';
import { identityOf } from './customers/identity-of.ts';
import { requireUsersPassword } from './customers/require-password.ts';
import { directusShop, type DirectusContext } from './directus-shop.ts';
import { KontorError } from './errors.ts';
import type { Accountability } from './platform/caller.ts';
import type { Client } from './platform/identity.ts';
import { requireLiveCaller } from './sessions/live-caller.ts';
import { nameSession, type SigningMeta } from './sessions/name-session.ts';
import { originCheck } from './sessions/origin-check.ts';
import { renewAccessToken, renewal, renewField } from './sessions/previous-secret.ts';
import { refuseReused } from './sessions/refuse-reused.ts';
import { refreshTokenOf } from './sessions/sent-token.ts';
import { mounting, type HookRegister as InitRegister } from './shield/mounting.ts';

type Filter = (payload: never, meta: never, context: { accountability: Accountability | null }) => unknown;

interface HookRegister extends InitRegister {
  filter: (event: string, handler: Filter) => void;
}

type SessionsContext = DirectusContext & { env: Record<string, unknown> };
type Asked = Request & { accountability?: Accountability; token?: string | null };

/** Signing in, out and on: there a token in a header decides nothing, and a dead one must not keep anybody out. */
const SIGN_IN = /^\/(?:store\/)?auth(?:\/|$)/;
/** Where Directus takes tokens it has mailed. */
const MAILED = ['/auth/password/reset', '/users/invite/accept'];

export default ({ init, filter }: HookRegister, context: SessionsContext): void => {
  const shop = directusShop(context);
  const { env } = context;
  const { SECRET, SECRET_PREVIOUS } = shop.env;
  const renew = SECRET_PREVIOUS ? renewal(SECRET, SECRET_PREVIOUS) : null;
  const session_cookie = String(env['SESSION_COOKIE_NAME']);

  const mount = mounting({ init }, shop.log, 'The check of sessions');

  mount('middlewares.before', (app) => {
    const mayPass = originCheck(env);
    app.use((req, _res, next) => next(mayPass(req) ? undefined : new KontorError('ORIGIN_REFUSED')));
    if (renew) {
      app.use((req, _res, next) => {
        renewAccessToken(req, renew, session_cookie);
        next();
      });
    }
  });

  mount('middlewares.after', (app) => {
    app.use((req: Asked, _res: Response, next: NextFunction) => {
      attend(req).then(() => next(), next);
    });
    // A cookie whose session was replaced is refused before it gets here; where it asks for a new one, it may have been copied.
    app.use((error: unknown, req: Asked, _res: Response, next: NextFunction) => {
      attendRefresh(req).then(() => next(error), next);
    });
  });

  async function attend(req: Asked): Promise<void> {
    const path = plainPath(req.path);
    if (!SIGN_IN.test(path)) await requireLiveCaller(shop, req);
    if (req.method !== 'POST') return;
    if (renew && MAILED.includes(path)) renewField(req.body, 'token', renew);
    if (path === '/auth/login') await evenOut(req.body);
    await attendRefresh(req);
  }

  async function attendRefresh(req: Asked): Promise<void> {
    if (req.method !== 'POST' || plainPath(req.path) !== '/auth/refresh') return;
    const token = refreshTokenOf(req, env);
    if (token !== null) await refuseReused(shop, token, clientOf(req));
  }

  async function evenOut(body: unknown): Promise<void> {
    const { email, password } = (body ?? {}) as { email?: unknown; password?: unknown };
    if (typeof email !== 'string' || typeof password !== 'string') return;
    await evenOutSignIn(shop.db, { email, password }, identityOf(shop).hash);
  }

  filter('auth.jwt', ((claims: Record<string, unknown>, meta: SigningMeta, { accountability }) =>
    nameSession(shop, claims, meta, {
      ip: accountability?.ip ?? null,
      user_agent: accountability?.userAgent ?? null,
    })) as Filter);

  filter('users.create', (async (payload: unknown) => {
    await requireUsersPassword(shop, payload, []);
    return payload;
  }) as Filter);
  filter('users.update', (async (payload: unknown, { keys }: { keys: string[] }) => {
    await requireUsersPassword(shop, payload, keys);
    return payload;
  }) as Filter);
};

function clientOf(req: Asked): Client {
  return {
    ip: req.accountability?.ip ?? req.ip ?? null,
    user_agent: req.get('user-agent')?.slice(0, 1024) ?? null,
  };
}
