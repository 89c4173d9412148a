/** The API proper: from an HTTP request under `/v3` to the answer Flutterwave would give. */
import { setTimeout as pause } from 'node:timers/promises';
import { headerOf } from '../emulator-server.ts';
import type { EmulatorAnswer, EmulatorRequest } from '../emulator-server.ts';
import type { Faults } from '../faults.ts';
import type { Books, EventRecord } from './books.ts';
import { createEmit } from './call.ts';
import type { Call } from './call.ts';
import { findOperation, findRequestMistake } from './contract.ts';
import { errorBody, FlutterwaveApiError } from './errors.ts';
import { createLink } from './payments.ts';
import { createRefund, listRefunds } from './refunds.ts';
import { listTransactions, verifyByReference, verifyTransaction } from './transactions.ts';

export type Api = {
  books: Books;
  faults: Faults;
  /** Left out: any test key will do. */
  secret_key: string | undefined;
  base_url: string;
  tells_refunds: boolean;
};

export type ApiAnswer = EmulatorAnswer<EventRecord>;

const handlers: Record<string, (call: Call) => object> = {
  'POST /payments': createLink,
  'GET /transactions/{id}/verify': verifyTransaction,
  'GET /transactions/verify_by_reference': verifyByReference,
  'GET /transactions': listTransactions,
  'POST /transactions/{id}/refund': createRefund,
  'GET /refunds': listRefunds,
};

/** Answers one request; a mistake in the emulator itself is a 500 that says so. */
export async function answerApi(api: Api, request: EmulatorRequest): Promise<ApiAnswer> {
  const route = `${request.method} ${request.path}`;
  const batch: EventRecord[] = [];
  const answer = (status: number, body: string): ApiAnswer => ({
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body,
    batch,
  });
  try {
    checkCaller(api, request);
    const refusal = api.faults.take('error_before_acting', { route });
    if (refusal) return answer(refusal.status, errorBody(BROKEN));
    const delay = api.faults.take('delay', { route });
    if (delay) await pause(delay.delay_ms);
    const object = act(api, request, route, batch);
    const breakdown = api.faults.take('error_after_acting', { route });
    if (breakdown) return answer(breakdown.status, errorBody(BROKEN));
    return answer(200, JSON.stringify(object));
  } catch (error) {
    if (error instanceof FlutterwaveApiError) return answer(error.status, errorBody(error.message));
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return answer(500, errorBody(`Mistake in the emulator: ${reason}`));
  }
}

function act(api: Api, request: EmulatorRequest, route: string, batch: EventRecord[]): object {
  const found = findOperation(request.method, request.path);
  const handler = found && handlers[found.operation.name];
  if (!found || !handler) throw new FlutterwaveApiError(404, `There is no ${route} here`);
  const query = Object.fromEntries(new URLSearchParams(request.query));
  const body = bodyOf(request);
  const mistake = findRequestMistake(found.operation, query, body);
  if (mistake) throw new FlutterwaveApiError(400, mistake);
  return handler({
    ...callOf(api, route, batch),
    id: found.id,
    query,
    body: (body ?? {}) as Record<string, unknown>,
  });
}

/** A call without a request: what a shopper or the merchant does. */
export function callOf(api: Api, route: string, batch: EventRecord[]): Call {
  const { books, faults, base_url, tells_refunds } = api;
  return {
    books,
    faults,
    route,
    base_url,
    id: 0,
    query: {},
    body: {},
    emit: createEmit(books, batch),
    tells_refunds,
  };
}

function checkCaller({ secret_key }: Api, request: EmulatorRequest): void {
  const [scheme = '', given = ''] = (headerOf(request, 'authorization') ?? '').split(' ');
  const isValid = secret_key === undefined ? given.startsWith('FLWSECK') : given === secret_key;
  if (scheme.toLowerCase() !== 'bearer' || !isValid)
    throw new FlutterwaveApiError(401, 'Invalid authorization key');
}

function bodyOf(request: EmulatorRequest): unknown {
  if (request.method !== 'POST') return undefined;
  if (!(headerOf(request, 'content-type') ?? '').startsWith('application/json'))
    throw new FlutterwaveApiError(400, 'Content-Type must be application/json');
  try {
    return JSON.parse(request.body) as unknown;
  } catch {
    throw new FlutterwaveApiError(400, 'The body is not JSON');
  }
}

/** What a timeout is answered with, among others. */
const BROKEN = 'An error occurred. Please contact support';
