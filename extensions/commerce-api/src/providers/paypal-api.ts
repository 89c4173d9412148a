/**
 * PayPal's REST API as the shop asks it: with a token that is fetched once and kept, and with what PayPal refuses in the words of
 * the port.
 */
import type { Env } from '../platform/env.ts';
import { PaymentProviderError } from './payment.ts';
import { askProvider, isOpenAnswer, retryAfter, type ProviderAnswer } from './provider-http.ts';

const ADDRESSES = { live: 'https://api-m.paypal.com', sandbox: 'https://api-m.sandbox.paypal.com' };

/** A token is given up this long before PayPal does, so that none runs out on its way. */
const TOKEN_MARGIN_MS = 60_000;

/** The first request is still at work, or its outcome not known: refused with 422, and yet nothing is settled. */
const OPEN_ISSUES = new Set([
  'DUPLICATE_REQUEST_ID',
  'ORDER_COMPLETION_IN_PROGRESS',
  'PREVIOUS_REQUEST_IN_PROGRESS',
]);

export interface PayPalApi {
  /** The body of a good answer. @throws PaymentProviderError; its `cause` is the body of a refusal */
  get: (path: string) => Promise<unknown>;
  /** Sent with `PayPal-Request-Id`, 108 characters at most: a repeat is not done again while PayPal remembers it. */
  post: (path: string, body: unknown, request_id: string | null) => Promise<unknown>;
}

/** What PayPal is reached under; the emulator has an address of its own. */
export function payPalAddress(env: Pick<Env, 'PAYPAL_API_URL' | 'PAYPAL_MODE'>): string {
  return env.PAYPAL_API_URL.replace(/\/+$/, '') || ADDRESSES[env.PAYPAL_MODE];
}

export function payPalApi(env: Env, now: () => number = Date.now): PayPalApi {
  const address = payPalAddress(env);
  const timeout_ms = env.PAYMENT_TIMEOUT_MS;
  const credentials = Buffer.from(`${env.PAYPAL_CLIENT_ID}:${env.PAYPAL_CLIENT_SECRET}`).toString('base64');
  let token: { text: string; until_ms: number } | null = null;
  let asking: Promise<string> | null = null;

  async function newToken(): Promise<string> {
    const answer = await askProvider({
      method: 'POST',
      url: `${address}/v1/oauth2/token`,
      headers: { authorization: `Basic ${credentials}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      timeout_ms,
    });
    const body = answer.body as { access_token?: unknown; expires_in?: unknown } | null;
    if (answer.status !== 200 || typeof body?.access_token !== 'string') throw refusalOf(answer);
    const lifetime_ms = Number(body.expires_in ?? 0) * 1000;
    token = { text: body.access_token, until_ms: now() + lifetime_ms - TOKEN_MARGIN_MS };
    return token.text;
  }

  /** However many ask, one request is under way. */
  function currentToken(): Promise<string> {
    if (token && token.until_ms > now()) return Promise.resolve(token.text);
    asking ??= newToken().finally(() => {
      asking = null;
    });
    return asking;
  }

  async function ask(method: 'GET' | 'POST', path: string, body: unknown, more: Record<string, string>) {
    const once = async () => {
      const used = await currentToken();
      const headers = { authorization: `Bearer ${used}`, ...more };
      const answer = await askProvider({ method, url: `${address}${path}`, headers, body, timeout_ms });
      return { used, answer };
    };
    let { used, answer } = await once();
    // PayPal may end a token before its time: one more is fetched, unless somebody has by now.
    if (answer.status === 401) {
      if (token?.text === used) token = null;
      ({ used, answer } = await once());
    }
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw refusalOf(answer);
  }

  return {
    get: (path) => ask('GET', path, undefined, {}),
    post: (path, body, request_id) =>
      ask('POST', path, body, {
        prefer: 'return=representation',
        ...(request_id !== null && { 'paypal-request-id': request_id }),
      }),
  };
}

interface Refusal {
  name?: string;
  message?: string;
  details?: { issue?: string; description?: string }[];
  /** The token's errors have another shape. */
  error?: string;
  error_description?: string;
}

function refusalOf({ status, headers, body }: ProviderAnswer): PaymentProviderError {
  const { name, message, details, error, error_description } = (body ?? {}) as Refusal;
  const detail = details?.[0];
  const issue = detail?.issue ?? name ?? error ?? `http_${status}`;
  // Busy with this very request or object, and well otherwise.
  const isBusy = status === 409 || OPEN_ISSUES.has(issue);
  const text = detail?.description ?? message ?? error_description ?? `PayPal answered ${status}`;
  return new PaymentProviderError(text, {
    // What is no refusal at all, a redirect or a page in between, says nothing of what PayPal did.
    is_definite: status >= 400 && !isOpenAnswer(status) && !isBusy,
    code: isBusy ? 'busy' : issue,
    retry_after_s: retryAfter(headers),
    cause: body,
  });
}

/** Whether PayPal knows nothing of what it was asked about. */
export function isUnknown(error: unknown): boolean {
  return (
    error instanceof PaymentProviderError &&
    error.is_definite &&
    (error.code === 'INVALID_RESOURCE_ID' || error.code === 'RESOURCE_NOT_FOUND')
  );
}
