/** What kind of caller a request comes from, once Directus has looked at its token. */
import type { Request } from 'express';
import type { Audience } from './paths.ts';

interface Accountability {
  user: string | null;
  app: boolean;
  admin: boolean;
}

/** Holders of a share link have no user and count as anyone. */
export function audienceOf(req: Request): Exclude<Audience, 'nobody'> {
  const { accountability } = req as Request & { accountability?: Accountability | null };
  if (accountability?.admin) return 'admin';
  if (accountability?.app) return 'app';
  return accountability?.user ? 'shopper' : 'anyone';
}
