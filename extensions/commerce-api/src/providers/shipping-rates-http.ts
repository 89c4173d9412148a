/**
 * Asks a service the merchant runs. One POST with the request as JSON; the answer is `{ "rates": [{ "method", "amount_minor",
 * "min_days"?, "max_days"? }] }`. `X-Kontor-Signature: t=<unix seconds>,v1=<hex>` is the HMAC-SHA256 of `<t>.<body>` with
 * SHIPPING_RATES_SECRET, so that the service knows who asks, and when.
 */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Env } from '../platform/env.ts';
import { ShippingRatesError, type RateRequest, type ShippingRates } from './shipping-rates.ts';

/** A shopper waits for it. */
const PATIENCE_MS = 4000;
const MAX_BYTES = 256 * 1024;

const Days = z.int().min(0).max(365).nullish();
const RatesAnswer = z.object({
  rates: z
    .array(
      z.object({
        method: z.string(),
        amount_minor: z.int().min(0),
        min_days: Days,
        max_days: Days,
      }),
    )
    .max(100),
});

/** The rates of the service at SHIPPING_RATES_URL; null where the shop has none. */
export function httpShippingRates(
  env: Pick<Env, 'SHIPPING_RATES_URL' | 'SHIPPING_RATES_SECRET'>,
  { patience_ms = PATIENCE_MS, now = Date.now } = {},
): ShippingRates | null {
  if (env.SHIPPING_RATES_URL === '') return null;
  return {
    name: 'http',
    async quote(request) {
      const { rates } = await ask(env.SHIPPING_RATES_URL, signed(env, request, now()), patience_ms);
      const asked = new Set(request.methods.map(({ method }) => method));
      return rates
        .filter(({ method }) => asked.has(method))
        .map(({ min_days = null, max_days = null, ...rate }) => ({ ...rate, min_days, max_days }));
    },
  };
}

function signed(env: Pick<Env, 'SHIPPING_RATES_SECRET'>, request: RateRequest, now_ms: number): RequestInit {
  const body = JSON.stringify(request);
  const at = Math.floor(now_ms / 1000);
  const signature = createHmac('sha256', env.SHIPPING_RATES_SECRET).update(`${at}.${body}`).digest('hex');
  return {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-kontor-signature': `t=${at},v1=${signature}` },
  };
}

async function ask(
  url: string,
  init: RequestInit,
  patience_ms: number,
): Promise<z.output<typeof RatesAnswer>> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(patience_ms),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return RatesAnswer.parse(JSON.parse(await textOf(response)));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ShippingRatesError(`The service of shipping rates gave no answer that can be used: ${why}`, {
      cause,
    });
  }
}

/** @throws Error when it is longer than any list of rates */
async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > MAX_BYTES) throw new Error('it answered too much');
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}
