/** Answers of our own routes below Express: asked by nobody, told as Directus would tell them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isKontorError } from '../errors.ts';
import type { Caller } from '../platform/caller.ts';
import { withRequestId } from '../platform/request-id.ts';
import { jsonOf, retryAfter, type Address, type Route, type Shown } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import type { CommonHeaders } from './common-headers.ts';
import { prepareAnswer, type CacheStatus, type PreparedAnswer } from './prepared-answer.ts';

export type RouteAnswer =
  | { is: 'found'; answer: PreparedAnswer; shown: Shown | null }
  | { is: 'refused'; status: number; errors: object[]; headers: string[] };

/** As Directus' error handler passes on what it is about to answer: hooks may reword it. */
export type FormatErrors = (errors: object[]) => Promise<object[]>;

const NOBODY: Caller = {
  user: null,
  customer: null,
  staff_role: null,
  network_hash: '',
  session: null,
  ip: null,
  user_agent: null,
};

/** Runs a route for everybody. Never throws: what goes wrong is an answer too. */
export async function answerOfRoute(
  shop: Shop,
  route: Route,
  address: Address,
  formatErrors: FormatErrors,
): Promise<RouteAnswer> {
  try {
    const answer = await route.handle({
      shop,
      caller: NOBODY,
      ...address,
      body: {} as never,
      header: () => undefined,
      // Routes that everybody gets the same answer from write nothing themselves.
      res: undefined as never,
    });
    return { is: 'found', answer: prepareAnswer(jsonOf(answer)), shown: answer.shown ?? null };
  } catch (error) {
    return refusalOf(shop, error, formatErrors);
  }
}

/** What Directus answers to an error: ours with its code, anything else without a word of what happened. */
export async function refusalOf(
  shop: Shop,
  error: unknown,
  formatErrors: FormatErrors,
): Promise<Extract<RouteAnswer, { is: 'refused' }>> {
  const is_ours = isKontorError(error);
  if (!is_ours) shop.log.error({ err: error }, 'A storefront answer failed');
  const { status, message, code, extensions } = is_ours
    ? error
    : {
        status: 500,
        message: 'An unexpected error occurred.',
        code: 'INTERNAL_SERVER_ERROR',
        extensions: {},
      };
  const errors = await formatErrors([{ message, extensions: { ...extensions, code } }]);
  const retry_after = retryAfter(error);
  return {
    is: 'refused',
    status,
    errors,
    headers: [
      ...['Content-Type', 'application/json; charset=utf-8'],
      ...['Cache-Control', 'no-cache', 'Vary', 'Origin'],
      ...(retry_after === null ? [] : ['Retry-After', retry_after]),
    ],
  };
}

export function sendRefusal(
  req: IncomingMessage,
  res: ServerResponse,
  { status, errors, headers }: Extract<RouteAnswer, { is: 'refused' }>,
  common: CommonHeaders,
  cache_status: CacheStatus,
): void {
  const body = JSON.stringify(withRequestId({ errors }, common.requestId(req)));
  const own = [...headers, 'Content-Length', String(Buffer.byteLength(body))];
  res.writeHead(status, common.with(own, req, cache_status));
  res.end(body);
}
