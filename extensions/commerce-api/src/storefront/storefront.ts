/**
 * The cache in front of Directus: what everybody may read of the catalogue is answered from memory, below Express. What is not
 * there is made once, whoever waits for it: by its own route, or by Directus with its answer taken down. What the database tells of
 * changes drops what they touch; while it cannot be heard, nothing is kept.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Shop } from '../platform/shop.ts';
import type { Route } from '../platform/http.ts';
import { captureAnswer } from './capture-answer.ts';
import { SHOP_CLOCKS } from './clock.ts';
import type { CommonHeaders } from './common-headers.ts';
import { counters, exposeMetrics, type Bypass } from './counters.ts';
import type { Entry } from './entries.ts';
import { keptAnswers } from './kept-answers.ts';
import type { Change } from './notices.ts';
import { addForm, missingForm, prepareAnswer, sendPrepared, type CacheStatus } from './prepared-answer.ts';
import type { ItemsQuery, Schema } from './public-reading.ts';
import { publicRules, type DirectusSide } from './public-rules.ts';
import { hasBody, isOfStorefront, requestReader, type QueryParser, type Wanted } from './requests.ts';
import {
  answerOfRoute,
  refusalOf,
  sendRefusal,
  type FormatErrors,
  type RouteAnswer,
} from './route-answer.ts';

export interface StorefrontParts {
  /** With a pool of its own for reads. */
  shop: Shop;
  routes: readonly Route[];
  parseQuery: QueryParser;
  common: CommonHeaders;
  isAnonymous: (headers: IncomingMessage['headers']) => boolean;
  /** Whether an answer may be made for this request; if not, it has been refused. Null where nothing is limited. */
  admit: ((req: IncomingMessage, res: ServerResponse) => Promise<boolean>) | null;
  directus: DirectusSide;
  formatErrors: FormatErrors;
  /** Lets work in that no cache spares. @returns what to call once it is done @throws KontorError OVERLOADED */
  enter: () => () => void;
}

export interface Storefront {
  /** Answers a request, or hands it on. */
  handle: (req: IncomingMessage, res: ServerResponse, pass: () => void) => void;
  notice: (change: Change) => void;
  /** Every notice is heard from now on. */
  begin: () => void;
  /** Notices may have been missed since. */
  pause: () => void;
}

type Asked<Surface extends Wanted['surface']> = Extract<Wanted, { surface: Surface }>;

/** One request on its way to its answer. */
interface Visit {
  req: IncomingMessage;
  res: ServerResponse;
  url: string;
  pass: () => void;
  /** How often it waited for an answer that was overtaken. */
  rounds: number;
}

/** How making an answer ended, for those who waited for it. */
type Outcome =
  | { is: 'made'; answer: RouteAnswer }
  /** What it shows changed meanwhile: who waited asks again. */
  | { is: 'overtaken' }
  /** Who made it may not ask so often; who waited asks again, and counts by themselves. */
  | { is: 'limited' }
  /** Nothing others may be given. */
  | { is: 'private' };

/** What Directus leaves on a request it has answered. */
interface AnsweredRequest extends IncomingMessage {
  schema?: Schema;
  sanitizedQuery?: ItemsQuery;
  accountability?: { user: string | null; role: string | null; admin: boolean; share?: string | null };
}

const MOST_ROUNDS = 3;
const MEGABYTE = 1024 * 1024;
const MOST_UNFOLLOWED = 1_000;

export function storefront(parts: StorefrontParts): Storefront {
  const { shop, common, isAnonymous, admit } = parts;
  const is_on = shop.env.STOREFRONT_CACHE === 'on';
  const counted = counters();
  const kept = keptAnswers(shop, shop.env.STOREFRONT_CACHE_MB * MEGABYTE, counted);
  const read = requestReader(parts.routes, parts.parseQuery);
  const underway = new Map<string, Promise<Outcome>>();
  /** Keys whose answers hang on more than is watched: nobody waits for those. */
  const unfollowed = new Set<string>();
  const rules = publicRules(shop.db, shop.log, parts.directus, () => {
    unfollowed.clear();
    // What Directus answered while it still remembered is not kept either.
    kept.notice({ of: 'settings', table: 'directus_permissions' });
  });
  exposeMetrics(counted, {
    entries: kept.entries.count,
    bytes: kept.entries.bytes,
    is_listening: kept.isListening,
  });

  function handle(req: IncomingMessage, res: ServerResponse, pass: () => void): void {
    const url = req.url ?? '';
    const entry = kept.findByUrl(url);
    if (entry !== undefined && req.method === 'GET' && isAnonymous(req.headers) && !hasBody(req.headers)) {
      kept.entries.touch(entry);
      hit(req, res, entry);
    } else if (req.method !== 'GET' || !isOfStorefront(url)) pass();
    else decide({ req, res, url, pass, rounds: 0 });
  }

  function decide(visit: Visit): void {
    const { req, url } = visit;
    const wanted = read(url);
    if (wanted === null) visit.pass();
    else if (!isAnonymous(req.headers)) bypass(visit, 'signed_in');
    else if (hasBody(req.headers)) bypass(visit, 'body');
    else if (wanted.surface === 'refused') settle(visit, refuse(visit, wanted.error));
    else if (wanted.surface === 'store') settle(visit, answerStore(visit, wanted));
    else if (!is_on) bypass(visit, 'off');
    else if (!kept.isListening()) bypass(visit, 'not_listening');
    else if (!rules.mayKeep()) bypass(visit, 'rules');
    else if (unfollowed.has(wanted.key)) bypass(visit, 'not_followed');
    else settle(visit, answerItems(visit, wanted));
  }

  /** What nobody foresaw ends the request and not the process. */
  function settle({ res }: Visit, answering: Promise<void>): void {
    answering.catch((error: unknown) => {
      shop.log.error({ err: error }, 'A storefront request could not be answered');
      res.destroy();
    });
  }

  function bypass({ pass }: Visit, reason: Bypass): void {
    counted.bypasses[reason] += 1;
    pass();
  }

  function hit(req: IncomingMessage, res: ServerResponse, entry: Entry): void {
    counted.hits += 1;
    sendPrepared(req, res, entry.answer, common, 'hit');
    const wanted = missingForm(entry.answer, req.headers['accept-encoding']);
    if (wanted === null) return;
    addForm(entry.answer, wanted).then(
      (bytes) => kept.entries.grow(entry, bytes),
      (error: unknown) => shop.log.warn({ err: error }, `An answer could not be compressed (${wanted})`),
    );
  }

  async function refuse(visit: Visit, error: unknown): Promise<void> {
    send(visit, await refusalOf(shop, error, parts.formatErrors), 'fwd=bypass');
  }

  function send({ req, res }: Visit, answer: RouteAnswer, status: CacheStatus): void {
    if (answer.is === 'found') sendPrepared(req, res, answer.answer, common, status);
    else {
      counted.refused += 1;
      sendRefusal(req, res, answer, common, status);
    }
  }

  async function answerStore(visit: Visit, wanted: Asked<'store'>): Promise<void> {
    const make = async () => {
      if (admit !== null && !(await admit(visit.req, visit.res))) return null;
      return makeStoreAnswer(wanted);
    };
    if (!is_on || !kept.isListening()) {
      counted.bypasses[is_on ? 'not_listening' : 'off'] += 1;
      const answer = await make();
      if (answer !== null) send(visit, answer, 'fwd=bypass');
      return;
    }
    if (await answerKnown(visit, wanted.key, () => answerStore(visit, wanted))) return;
    counted.misses += 1;
    const since = kept.beginning();
    const making = make().then(async (answer): Promise<Outcome> => {
      if (answer === null) return { is: 'limited' };
      send(visit, answer, 'fwd=miss');
      if (answer.is === 'refused') {
        const is_fresh = kept.isUntouched(since, { surface: 'store', shown: null });
        return is_fresh ? { is: 'made', answer } : { is: 'overtaken' };
      }
      const dependence = { surface: 'store', shown: answer.shown } as const;
      const fate = await kept.keep(since, {
        key: wanted.key,
        url: visit.url,
        answer: answer.answer,
        dependence,
        clocks: SHOP_CLOCKS,
      });
      return fate === 'overtaken' ? { is: 'overtaken' } : { is: 'made', answer };
    });
    await share(wanted.key, making);
  }

  async function makeStoreAnswer({ route, address }: Asked<'store'>): Promise<RouteAnswer> {
    let leave: () => void;
    try {
      leave = parts.enter();
    } catch (error) {
      return refusalOf(shop, error, parts.formatErrors);
    }
    return answerOfRoute(shop, route, address, parts.formatErrors).finally(leave);
  }

  async function answerItems(visit: Visit, wanted: Asked<'items'>): Promise<void> {
    if (await answerKnown(visit, wanted.key, () => answerItems(visit, wanted))) return;
    counted.misses += 1;
    const { req, res } = visit;
    const since = kept.beginning();
    // Express would answer 304 by it, and then there would be nothing to keep.
    const if_none_match = req.headers['if-none-match'];
    delete req.headers['if-none-match'];
    const making = new Promise<Outcome>((resolve) => {
      captureAnswer(
        res,
        (body) => {
          const answer = prepareAnswer(body);
          sendPrepared(req, res, answer, common, 'fwd=miss', if_none_match);
          const reach = reachOfAnswer(req, wanted);
          if (reach === null) resolve({ is: 'private' });
          else {
            const dependence = { surface: 'items', collections: reach.collections } as const;
            kept
              .keep(since, { key: wanted.key, url: visit.url, answer, dependence, clocks: reach.clocks })
              .then((fate) =>
                resolve(
                  fate === 'overtaken'
                    ? { is: 'overtaken' }
                    : { is: 'made', answer: { is: 'found', answer, shown: null } },
                ),
              )
              .catch(() => resolve({ is: 'private' }));
          }
        },
        () => resolve({ is: 'private' }),
      );
    });
    visit.pass();
    await share(wanted.key, making);
  }

  /** What an answer of Directus was made of; null when it was not made for everybody, or cannot be followed. */
  function reachOfAnswer(req: AnsweredRequest, { key, collection }: Asked<'items'>) {
    const { schema, sanitizedQuery, accountability } = req;
    const is_public =
      accountability &&
      !accountability.user &&
      !accountability.role &&
      !accountability.admin &&
      !accountability.share;
    if (!schema || !is_public) return null;
    const reach = rules.reach(schema, collection, sanitizedQuery ?? {});
    if (reach === null && rules.mayKeep()) {
      if (unfollowed.size >= MOST_UNFOLLOWED) unfollowed.clear();
      unfollowed.add(key);
    }
    return reach;
  }

  /** Answers with what is kept, or with what somebody else is just having made. @returns whether it did */
  async function answerKnown(visit: Visit, key: string, again: () => Promise<void>): Promise<boolean> {
    const entry = kept.find(key);
    if (entry) {
      kept.entries.nameBy(entry, visit.url);
      hit(visit.req, visit.res, entry);
      return true;
    }
    const running = underway.get(key);
    if (running === undefined || visit.rounds >= MOST_ROUNDS) return false;
    visit.rounds += 1;
    const outcome = await running;
    if (outcome.is === 'private') bypass(visit, 'not_followed');
    else if (outcome.is !== 'made') await again();
    else {
      counted.coalesced += 1;
      send(visit, outcome.answer, 'fwd=miss; collapsed');
    }
    return true;
  }

  async function share(key: string, making: Promise<Outcome>): Promise<void> {
    if (underway.has(key)) {
      await making;
      return;
    }
    underway.set(key, making);
    try {
      await making;
    } finally {
      underway.delete(key);
    }
  }

  return {
    handle,
    notice(change) {
      kept.notice(change);
      rules.notice(change);
    },
    begin() {
      kept.begin();
      rules.notice({ of: 'everything' });
    },
    pause: kept.pause,
  };
}
