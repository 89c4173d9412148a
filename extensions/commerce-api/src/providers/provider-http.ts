/** How providers without an SDK of their own are asked: JSON over HTTPS, with a time limit, never repeated by itself. */
import { PaymentProviderError } from './payment.ts';

export interface Question {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  /** Sent as JSON, unless it is a form. */
  body?: unknown;
  timeout_ms: number;
}

export interface ProviderAnswer {
  status: number;
  headers: Headers;
  /** What the body holds as JSON; null when it is empty or none. */
  body: unknown;
}

/**
 * Asks once. Any status is an answer: the caller knows what it means.
 * @throws PaymentProviderError, not definite, when no whole answer came within the time: the provider may have acted
 */
export async function askProvider(question: Question): Promise<ProviderAnswer> {
  const { method, url, headers = {}, body, timeout_ms } = question;
  const isForm = body instanceof URLSearchParams;
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeout_ms),
    });
    return { status: response.status, headers: response.headers, body: jsonOf(await response.text()) };
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    throw new PaymentProviderError(
      isLate ? 'The provider did not answer in time' : 'The provider could not be reached',
      {
        is_definite: false,
        code: isLate ? 'timeout' : 'unreachable',
        cause: error,
      },
    );
  }
}

/** What a text holds as JSON; null when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/**
 * Whether an answer leaves open what the provider did: it is overloaded, broken, or busy with the same request.
 * Any other refusal means that nothing happened.
 */
export function isOpenAnswer(status: number): boolean {
  return status >= 500 || status === 408 || status === 409 || status === 425 || status === 429;
}

/** `Retry-After` in seconds, where the provider sent one as a number. */
export function retryAfter(headers: Headers): number | undefined {
  return secondsOf(headers.get('retry-after'));
}

/** Whole seconds, where a header says so. */
export function secondsOf(header: string | null | undefined): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : undefined;
}
