/** The API proper: from an HTTP request under `/v1` to the answer Stripe would give. */
import { setTimeout as pause } from 'node:timers/promises';
import type Stripe from 'stripe';
import { headerOf } from '../emulator-server.ts';
import type { EmulatorAnswer, EmulatorRequest } from '../emulator-server.ts';
import type { Faults } from '../faults.ts';
import { newId } from './books.ts';
import type { Books } from './books.ts';
import { createEmit } from './call.ts';
import { API_VERSION, findOperation } from './contract.ts';
import type { Operation } from './contract.ts';
import { StripeApiError } from './errors.ts';
import { checkExpand, expandAnswer } from './expand.ts';
import { decodeForm } from './form-body.ts';
import type { FormNode } from './form-body.ts';
import type { Idempotency } from './idempotency.ts';
import { handlers } from './routes.ts';
import type { Handler } from './routes.ts';
import { validateRequest } from './validate.ts';

export type Api = {
  books: Books;
  faults: Faults;
  idempotency: Idempotency;
  /** Left out: any test key will do. */
  secret_key: string | undefined;
  /** How many webhook endpoints an event is due at: one or none. */
  webhooks: number;
  base_url: string;
};

export type ApiAnswer = EmulatorAnswer<Stripe.Event>;

/** Answers one request; a mistake in the emulator itself is a 500 that says so. */
export async function answerApi(api: Api, request: EmulatorRequest): Promise<ApiAnswer> {
  const id = newId('req');
  const key = request.method === 'POST' ? headerOf(request, 'idempotency-key') : undefined;
  const batch: Stripe.Event[] = [];
  const answer = (status: number, body: string, more: Record<string, string> = {}): ApiAnswer => ({
    status,
    headers: {
      'Content-Type': 'application/json',
      'Request-Id': id,
      'Stripe-Version': API_VERSION,
      ...(key !== undefined && { 'Idempotency-Key': key, 'Original-Request': id }),
      ...more,
    },
    body,
    batch,
  });

  try {
    checkCaller(api, request);
    const { operation, path, handler } = findHandler(request);
    const form = readForm(request);
    const refusal = api.faults.take('error_before_acting', { route: routeOf(request) });
    if (refusal) return answer(refusal.status, JSON.stringify(brokenBody));
    const stored =
      key === undefined ? undefined : api.idempotency.claim(key, request.method, request.path, form);
    if (stored) {
      const headers = { 'Idempotent-Replayed': 'true', 'Original-Request': stored.request };
      return answer(stored.status, stored.body, headers);
    }
    const broken = api.faults.take('stored_error', { route: routeOf(request) });
    if (broken) {
      const body = JSON.stringify(brokenBody);
      if (key !== undefined) api.idempotency.keep(key, { status: broken.status, body, request: id });
      return answer(broken.status, body);
    }
    const emit = createEmit(api.books, { id, idempotency_key: key ?? null }, api.webhooks, batch);
    const result = await act(api, request, operation, form, (params) =>
      handler({ books: api.books, base_url: api.base_url, path, params, emit }),
    );
    if (key !== undefined && result.is_kept) {
      api.idempotency.keep(key, { status: result.status, body: result.body, request: id });
    } else if (key !== undefined) {
      api.idempotency.release(key);
    }
    return answer(result.status, result.body);
  } catch (error) {
    const stripe_error = error instanceof StripeApiError ? error : ownMistake(error);
    return answer(stripe_error.status, errorBody(stripe_error));
  }
}

type Result = { status: number; body: string; is_kept: boolean };

async function act(
  api: Api,
  request: EmulatorRequest,
  operation: Operation,
  form: FormNode,
  handle: (params: Record<string, unknown>) => object,
): Promise<Result> {
  const route = routeOf(request);
  const delay = api.faults.take('delay', { route });
  if (delay) await pause(delay.delay_ms);
  let result: Result;
  try {
    const params = validateRequest(operation, form);
    const expand = (params['expand'] as string[] | undefined) ?? [];
    checkExpand(operation, expand);
    const object = expandAnswer(api.books, handle(disturbed(api.faults, operation, route, params)), expand);
    result = { status: 200, body: JSON.stringify(object, null, 2), is_kept: true };
  } catch (error) {
    const stripe_error = error instanceof StripeApiError ? error : ownMistake(error);
    const is_kept = !stripe_error.is_validation;
    result = { status: stripe_error.status, body: errorBody(stripe_error), is_kept };
  }
  const breakdown = result.is_kept ? api.faults.take('error_after_acting', { route }) : undefined;
  return breakdown ? { ...result, status: breakdown.status, body: JSON.stringify(brokenBody) } : result;
}

/** What is created may come out as something else than was asked for. */
function disturbed(
  faults: Faults,
  operation: Operation,
  route: string,
  params: Record<string, unknown>,
): Record<string, unknown> {
  if (!CREATING_MONEY.includes(operation.name)) return params;
  const by = faults.take('wrong_amount', { route })?.by_minor ?? 0;
  const currency = faults.take('wrong_currency', { route })?.currency;
  if (by === 0 && currency === undefined) return params;
  const changed = structuredClone(params) as {
    amount?: number;
    currency?: string;
    line_items?: { price_data: { unit_amount: number; currency: string } }[];
  };
  if (changed.amount !== undefined) changed.amount += by;
  if (changed.currency !== undefined) changed.currency = currency ?? changed.currency;
  const [first] = changed.line_items ?? [];
  if (first) first.price_data.unit_amount += by;
  for (const { price_data } of changed.line_items ?? [])
    price_data.currency = currency ?? price_data.currency;
  return changed;
}

/** @throws StripeApiError 401 without a valid key, 403 for a connected account, 400 for another API version. */
function checkCaller(api: Api, request: EmulatorRequest): void {
  const given = keyOf(headerOf(request, 'authorization'));
  if (!given) {
    throw unauthorised(
      'You did not provide an API key. Provide it as Authorization: Bearer YOUR_SECRET_KEY.',
    );
  }
  const is_valid = api.secret_key === undefined ? given.startsWith('sk_test_') : given === api.secret_key;
  if (!is_valid) throw unauthorised(`Invalid API Key provided: ${given.slice(0, 8)}****${given.slice(-4)}`);
  const account = headerOf(request, 'stripe-account');
  if (account) {
    const message = `The provided key does not have access to account '${account}' (or that account does not exist).`;
    throw new StripeApiError(403, { type: 'invalid_request_error', message });
  }
  const version = headerOf(request, 'stripe-version');
  if (version !== undefined && version !== API_VERSION) {
    const message = `Invalid Stripe API version: ${version}. The emulator speaks ${API_VERSION} only.`;
    throw new StripeApiError(400, { type: 'invalid_request_error', message });
  }
}

function unauthorised(message: string): StripeApiError {
  return new StripeApiError(401, { type: 'invalid_request_error', message });
}

/** The key of `Bearer sk_…`, or the user name of `Basic …`. */
function keyOf(authorization: string | undefined): string | undefined {
  const [scheme = '', credentials = ''] = (authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  return Buffer.from(credentials, 'base64').toString('utf8').split(':')[0];
}

function findHandler(request: EmulatorRequest): {
  operation: Operation;
  path: Record<string, string>;
  handler: Handler;
} {
  const found = findOperation(request.method, request.path);
  const handler = found && handlers[found.operation.name];
  if (found && handler) return { ...found, handler };
  const message = found
    ? `The emulator does not simulate ${found.operation.name}.`
    : `Unrecognized request URL (${request.method}: ${request.path}).`;
  throw new StripeApiError(404, { type: 'invalid_request_error', message });
}

function readForm(request: EmulatorRequest): FormNode {
  if (request.method !== 'POST') return decodeForm(request.query);
  const type = headerOf(request, 'content-type') ?? '';
  if (request.body !== '' && !type.startsWith('application/x-www-form-urlencoded')) {
    throw new StripeApiError(400, {
      type: 'invalid_request_error',
      message: 'Invalid request (check that your POST content type is application/x-www-form-urlencoded).',
    });
  }
  return decodeForm(request.body);
}

const CREATING_MONEY = ['POST /v1/payment_intents', 'POST /v1/checkout/sessions'];

function routeOf(request: EmulatorRequest): string {
  return `${request.method} ${request.path}`;
}

const brokenBody = { error: { type: 'api_error', message: 'An unknown error occurred.' } };

function ownMistake(error: unknown): StripeApiError {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new StripeApiError(500, { type: 'api_error', message: `Mistake in the emulator: ${reason}` });
}

function errorBody(error: StripeApiError): string {
  return JSON.stringify({ error: error.body }, null, 2);
}
