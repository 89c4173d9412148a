/**
 * PayPal's rule for `PayPal-Request-Id`: a repeated request is not done again, and hears of the latest status of what the
 * first one made. Orders remember an id for six hours, payments for 45 days.
 */
import type { Reference } from './call.ts';
import { PayPalApiError } from './errors.ts';
import type { ErrorDetail } from './errors.ts';

/** What a request came to; an error only where the bank, not the request, was the reason. */
type Result =
  | { reference: Reference }
  | { status: number; details: ErrorDetail[]; links: PayPalApiError['links'] };
type Entry = { result: Result | null; started_at_ms: number };

export type RequestIdsSnapshot = [string, Entry][];

export type RequestIds = {
  /**
   * Takes the id for a request, or returns what the first one made.
   * @throws PayPalApiError 409 while the first one is still in flight, and the first one's own where it is kept
   */
  claim(route: string, id: string): Reference | undefined;
  keep(route: string, id: string, reference: Reference): void;
  keepError(route: string, id: string, error: PayPalApiError): void;
  /** The request came to nothing: the id may be used again. */
  release(route: string, id: string): void;
  /** As if the time PayPal remembers them were over. */
  forget(): void;
  snapshot(): RequestIdsSnapshot;
};

const HOUR_MS = 60 * 60 * 1000;
const ORDERS_KEPT_MS = 6 * HOUR_MS;
const PAYMENTS_KEPT_MS = 45 * 24 * HOUR_MS;

export function createRequestIds(snapshot: RequestIdsSnapshot = []): RequestIds {
  const entries = new Map(snapshot);
  const keyOf = (route: string, id: string) => `${route} ${id}`;

  function settle(key: string, result: Result): void {
    const entry = entries.get(key);
    if (entry) entry.result = result;
  }

  return {
    claim(route, id) {
      const key = keyOf(route, id);
      const entry = entries.get(key);
      const kept_ms = route.includes('/v2/checkout/') ? ORDERS_KEPT_MS : PAYMENTS_KEPT_MS;
      if (!entry || entry.started_at_ms < Date.now() - kept_ms) {
        entries.set(key, { result: null, started_at_ms: Date.now() });
        return undefined;
      }
      const { result } = entry;
      if (!result) throw new PayPalApiError(409, [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }]);
      if ('reference' in result) return result.reference;
      throw new PayPalApiError(result.status, result.details, { links: result.links });
    },
    keep: (route, id, reference) => settle(keyOf(route, id), { reference }),
    keepError: (route, id, { status, details, links }) =>
      settle(keyOf(route, id), { status, details, links }),
    release: (route, id) => void entries.delete(keyOf(route, id)),
    forget: () => entries.clear(),
    snapshot: () => [...entries].filter(([, entry]) => entry.result !== null),
  };
}
