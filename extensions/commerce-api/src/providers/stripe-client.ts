/** Stripe's own client, API 2026-10-28.endive as pinned by stripe@23, and what its answers say about themselves. */
import Stripe from 'stripe';
import type { Env } from '../platform/env.ts';

/**
 * One repeat by the client itself, with the same idempotency key: most lost connections are over by then. A silent Stripe
 * therefore takes up to two time limits.
 */
export function stripeClient(env: Env): Stripe {
  return new Stripe(env.STRIPE_SECRET_KEY, {
    timeout: env.PAYMENT_TIMEOUT_MS,
    maxNetworkRetries: 1,
    telemetry: false,
    ...address(env.STRIPE_API_URL),
  });
}

/** Whether Stripe answered a repeat with what it had answered before, which may be out of date. */
export function isReplay({ headers }: { headers?: Record<string, string> | undefined }): boolean {
  return headers?.['idempotent-replayed'] === 'true';
}

/** The emulator's address in the SDK's words; nothing for Stripe itself. */
function address(url: string) {
  if (!url) return {};
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port, protocol: protocol.replace(':', '') as 'http' | 'https' };
}
