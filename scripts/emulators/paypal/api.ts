/** The API proper: from an HTTP request to the answer PayPal would give. */
import { setTimeout as pause } from 'node:timers/promises';
import { headerOf } from '../emulator-server.ts';
import type { EmulatorAnswer, EmulatorRequest } from '../emulator-server.ts';
import type { Faults } from '../faults.ts';
import type { Books } from './books.ts';
import { createEmit, createSkew } from './call.ts';
import type { Call, Reference } from './call.ts';
import { findOperation } from './contract.ts';
import type { Operation } from './contract.ts';
import { debugId, errorBody, PayPalApiError, plainErrorBody } from './errors.ts';
import type { PayPalEvent } from './events.ts';
import type { OAuth } from './oauth.ts';
import { authorizeOrder, captureOrder, createOrder, showOrder } from './orders.ts';
import {
  captureAuthorization,
  refundByShop,
  showAuthorization,
  showCapture,
  showRefund,
  voidAuthorization,
} from './payments.ts';
import type { RequestIds } from './request-ids.ts';
import { validateRequest } from './validate.ts';
import { minimalOf, resourceOf } from './wire.ts';

export type Api = {
  books: Books;
  faults: Faults;
  request_ids: RequestIds;
  oauth: OAuth;
  base_url: string;
  /** Refunds by the shop take their time. */
  are_refunds_delayed: boolean;
  /** Ends every pause. */
  closing: AbortSignal;
};

export type ApiAnswer = EmulatorAnswer<PayPalEvent>;

/** Synchronous on purpose: nothing can come between the checks of a handler and its writes. */
type Handler = (call: Call, api: Api) => Reference;

const handlers: Record<string, Handler> = {
  'POST /v2/checkout/orders': createOrder,
  'GET /v2/checkout/orders/{id}': showOrder,
  'POST /v2/checkout/orders/{id}/authorize': authorizeOrder,
  'POST /v2/checkout/orders/{id}/capture': captureOrder,
  'GET /v2/payments/authorizations/{authorization_id}': showAuthorization,
  'POST /v2/payments/authorizations/{authorization_id}/capture': captureAuthorization,
  'POST /v2/payments/authorizations/{authorization_id}/void': voidAuthorization,
  'GET /v2/payments/captures/{capture_id}': showCapture,
  'POST /v2/payments/captures/{capture_id}/refund': (call, api) =>
    refundByShop(call, api.are_refunds_delayed),
  'GET /v2/payments/refunds/{refund_id}': showRefund,
};

const LONGEST_REQUEST_ID = 108;

/** Answers one request; a mistake in the emulator itself is a 500 that says so. */
export async function answerApi(api: Api, request: EmulatorRequest): Promise<ApiAnswer> {
  const { faults } = api;
  const route = `${request.method} ${request.path}`;
  const batch: PayPalEvent[] = [];
  const answer = (status: number, body: object | null): ApiAnswer => ({
    status,
    headers: { 'Content-Type': 'application/json', 'PayPal-Debug-Id': debugId() },
    body: body ? JSON.stringify(body) : '',
    batch,
  });
  const found = findOperation(request.method, request.path);
  const handler = found && handlers[found.operation.name];
  if (!found || !handler) return answer(404, plainErrorBody(404));
  const { operation, path } = found;

  const refusal = faults.take('error_before_acting', { route });
  if (refusal) return answer(refusal.status, plainErrorBody(refusal.status));
  try {
    checkCaller(api, request);
    const body = readBody(operation, request);
    validateRequest(operation, body);
    const emit = createEmit(api.books, api.base_url, batch);
    const call = {
      books: api.books,
      base_url: api.base_url,
      path,
      body,
      emit,
      skewed: createSkew(faults, route),
    };
    const { reference, is_new } = await actOnce(api, request, route, () => handler(call, api));
    const finished = answer(...written(api, request, operation, reference, is_new));
    const breakdown = faults.take('error_after_acting', { route });
    return breakdown ? answer(breakdown.status, plainErrorBody(breakdown.status)) : finished;
  } catch (error) {
    if (error instanceof PayPalApiError) return answer(error.status, errorBody(operation, error));
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return answer(500, { ...plainErrorBody(500), mistake_in_the_emulator: reason });
  }
}

/** @throws PayPalApiError of the handler, of the request id, or an earlier one that is kept for the id */
async function actOnce(
  api: Api,
  request: EmulatorRequest,
  route: string,
  act: () => Reference,
): Promise<{ reference: Reference; is_new: boolean }> {
  const { request_ids } = api;
  const id = request.method === 'POST' ? headerOf(request, 'paypal-request-id') : undefined;
  if (id !== undefined && (id === '' || id.length > LONGEST_REQUEST_ID)) {
    throw new PayPalApiError(400, [{ field: 'PayPal-Request-Id', issue: 'INVALID_STRING_LENGTH' }]);
  }
  const earlier = id === undefined ? undefined : request_ids.claim(route, id);
  if (earlier) return { reference: earlier, is_new: false };
  const delay = api.faults.take('delay', { route });
  if (delay) await pause(delay.delay_ms, undefined, { signal: api.closing });
  try {
    const reference = act();
    if (id !== undefined) request_ids.keep(route, id, reference);
    return { reference, is_new: true };
  } catch (error) {
    if (id === undefined) throw error;
    if (error instanceof PayPalApiError && error.is_kept) request_ids.keepError(route, id, error);
    else request_ids.release(route, id);
    throw error;
  }
}

/** Status and body: 200 rather than 201 for what was there before, and as much of it as `Prefer` asks for. */
function written(
  api: Api,
  request: EmulatorRequest,
  operation: Operation,
  reference: Reference,
  is_new: boolean,
): [status: number, body: object | null] {
  const resource = resourceOf(api, reference);
  if (request.method === 'GET') return [200, resource];
  const is_whole = headerOf(request, 'prefer') === 'return=representation';
  if (operation.name.endsWith('/void')) return is_whole ? [200, resource] : [204, null];
  const is_replay = !is_new && '200' in operation.document.responses;
  return [is_replay ? 200 : 201, is_whole ? resource : minimalOf(resource)];
}

/** @throws PayPalApiError 401 */
function checkCaller({ oauth }: Api, request: EmulatorRequest): void {
  const [scheme = '', token = ''] = (headerOf(request, 'authorization') ?? '').split(' ');
  if (scheme.toLowerCase() !== 'bearer' || !oauth.isValid(token)) throw new PayPalApiError(401, []);
}

/** @throws PayPalApiError 400 for what is no JSON, 415 for what does not say that it is */
function readBody(operation: Operation, request: EmulatorRequest): unknown {
  if (request.method === 'GET' || !operation.request) return undefined;
  if (!(headerOf(request, 'content-type') ?? '').startsWith('application/json'))
    throw new PayPalApiError(415, []);
  try {
    return request.body === '' ? {} : (JSON.parse(request.body) as unknown);
  } catch {
    throw new PayPalApiError(400, [{ issue: 'INVALID_PARAMETER_SYNTAX', location: 'body' }]);
  }
}
