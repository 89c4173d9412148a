/** What keeps the server in order, as it lives inside Directus: one per process, whichever entry of the bundle asks first. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Express } from 'express';
import { directusShop, type DirectusContext } from './directus-shop.ts';
import { requestIds, type RequestId } from './platform/request-id.ts';
import { serverGuard, type ServerGuard } from './shield/server-guard.ts';

const installed = createRequire(import.meta.url);

export function directusServer(context: DirectusContext): ServerGuard {
  return serverGuard(directusShop(context), migrationVersions);
}

/** Versions of the migrations the installed Directus brings, as it names them itself. */
function migrationVersions(): string[] {
  const folder = join(
    dirname(installed.resolve('@directus/api/package.json')),
    'dist',
    'database',
    'migrations',
  );
  return readdirSync(folder)
    .filter((name) => /^\d+\w*-.*\.js$/.test(name))
    .map((name) => name.split('-')[0] ?? '');
}

/** Ids of requests, which proxies may choose as far as `IP_TRUST_PROXY` trusts them. */
export function requestIdsOf(app: Express): RequestId {
  const isTrusted = app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  return requestIds((address) => isTrusted(address, 0));
}
