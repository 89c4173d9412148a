/**
 * The storefront cache, below Express and inside the shield: this entry of the bundle comes before the shield's, so that what
 * the shield puts around the application, its limits included, stands around the cache too. A process that cannot mount it does
 * not serve: Directus only warns when an init hook fails, so a failure ends the process here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { clearSystemCache } from '@directus/api/cache';
import emitter from '@directus/api/emitter';
import type { Express, NextFunction } from 'express';
import knexFactory, { type Knex } from 'knex';
import { directusServer, requestIdsOf } from './directus-server.ts';
import { directusShop, type DirectusContext } from './directus-shop.ts';
import { connectionSettings, poolBeside, readDirectly } from './platform/database.ts';
import { listen } from './platform/listen.ts';
import type { Shop } from './platform/shop.ts';
import { plainAnswers } from './shield/plain-answers.ts';
import { rateLimits } from './shield/rate-limits.ts';
import { commonHeaders } from './storefront/common-headers.ts';
import { CHANNELS, readNotice } from './storefront/notices.ts';
import { anonymity, type QueryParser } from './storefront/requests.ts';
import { storefront } from './storefront/storefront.ts';
import { storeRoutes } from './surfaces.ts';

interface HookRegister {
  init: (event: string, handler: (meta: { app: Express }) => void) => void;
}

type StorefrontContext = DirectusContext & { env: Record<string, unknown> };
type Handle = (req: IncomingMessage, res: ServerResponse, out?: NextFunction) => void;

/** A reader that gets no connection for so long is told that the shop cannot answer. */
const ACQUIRE_MS = 5_000;
/** Beside reading there are only the few transactions that work out a listing somebody is waiting for. */
const TRANSACTIONS = 2;

export default ({ init }: HookRegister, context: StorefrontContext): void => {
  const shop = directusShop(context);
  init('middlewares.before', ({ app }) => {
    // A process that only runs jobs makes an application too, and serves nothing.
    if (shop.env.JOBS === 'only') return;
    try {
      mount(shop, context, app);
    } catch (error) {
      shop.log.error({ err: error }, 'The storefront cache could not be mounted');
      process.exit(1);
    }
  });
};

function mount(shop: Shop, context: StorefrontContext, app: Express): void {
  const { env } = context;
  const { gate, health } = directusServer(context);
  const db = knexFactory({
    client: 'pg',
    connection: connectionSettings(context.database) as Knex.PgConnectionConfig,
    pool: { min: 0, max: TRANSACTIONS },
    acquireConnectionTimeout: ACQUIRE_MS,
  });
  const readers = poolBeside(
    context.database,
    { max: shop.env.STOREFRONT_POOL_MAX, connectionTimeoutMillis: ACQUIRE_MS },
    (error) => shop.log.warn({ err: error }, 'A connection of the storefront was lost'),
  );
  readDirectly(db, readers);
  const common = commonHeaders(env, requestIdsOf(app));
  const { handle, notice, begin, pause } = storefront({
    shop: { ...shop, db },
    routes: storeRoutes,
    parseQuery: app.get('query parser fn') as QueryParser,
    common,
    enter: () => gate.enter('reads'),
    isAnonymous: anonymity(env),
    admit: rateLimits({ shop, env, answers: plainAnswers(common) })?.admit ?? null,
    directus: {
      clearCaches: () => clearSystemCache({ autoPurgeCache: false }),
      hasFilters: (events) => events.some((event) => emitter.filterEmitter.listeners(event).length > 0),
      keeps_answers: env['CACHE_ENABLED'] === true,
    },
    formatErrors: (errors) =>
      emitter.emitFilter(
        'request.error',
        errors,
        {},
        { database: context.database, schema: null, accountability: null },
      ),
  });

  const host = app as unknown as { handle: Handle };
  const express = host.handle.bind(app);
  host.handle = (req, res, out) => handle(req, res, () => express(req, res, out));

  if (shop.env.STOREFRONT_CACHE === 'off') return;
  health.setListening(false);
  listen({
    db,
    name: 'kontor storefront',
    channels: CHANNELS,
    log: shop.log,
    onNotice: (channel, payload) => notice(readNotice(channel, payload)),
    onUp() {
      begin();
      health.setListening(true);
    },
    onDown() {
      pause();
      health.setListening(false);
    },
  });
}
