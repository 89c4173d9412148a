/** Acme, which does not exist: as much of a payment provider over HTTP as the example in the README needs to be held to its promises. */
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AcmeCharge {
  id: string;
  reference: string;
  /** In minor units. */
  amount: number;
  currency: string;
  state: 'open' | 'running' | 'done' | 'dead';
  refunds: AcmeRefund[];
}

interface AcmeRefund {
  id: string;
  reference: string | null;
  amount: number;
  currency: string;
  status: 'pending' | 'succeeded' | 'failed';
}

export interface AcmeDouble {
  /** What makes a shop ask it. */
  env: { ACME_URL: string; ACME_KEY: string; ACME_SECRET: string };
  charges: () => AcmeCharge[];
  /** What becomes of a charge on Acme's page, or at the shopper's bank. */
  move: (charge: string, state: 'running' | 'done' | 'dead') => void;
  /** The next request is answered so. `is_done`: Acme does as it is asked all the same. Status 0 hangs up. */
  fail: (status: number, options?: { is_done?: boolean; body?: string }) => void;
  /** A day has passed for its idempotency keys. */
  forgetKeys: () => void;
  /** An event about a charge, as it is delivered. */
  event: (charge: string, type?: string) => { raw: Buffer; headers: Record<string, string> };
  close: () => Promise<void>;
}

interface Answer {
  status: number;
  body: object;
}

const KEY = 'acme-key-of-the-tests';
const SECRET = 'acme-secret-of-the-tests';

export async function startAcme(): Promise<AcmeDouble> {
  const charges = new Map<string, AcmeCharge>();
  const keys = new Map<string, { body: string; charge: AcmeCharge }>();
  const failures: { status: number; is_done: boolean; body: string }[] = [];

  function answer(request: IncomingMessage, body: string): Answer {
    if (request.headers.authorization !== `Bearer ${KEY}`) return refusal(401);
    const [, things, name = '', action] = (request.url ?? '').split('/').map(decodeURIComponent);
    const route = `${request.method} ${[things, name && ':id', action].filter(Boolean).join('/')}`;
    if (route === 'POST charges') return begin(body, String(request.headers['idempotency-key'] ?? ''));
    const charge = things === 'references' ? alive(name) : charges.get(name);
    if (!charge) return refusal(404);
    switch (route) {
      case 'GET charges/:id':
      case 'GET references/:id':
        return { status: 200, body: charge };
      case 'POST charges/:id/cancel':
        if (charge.state === 'open') charge.state = 'dead';
        return { status: 200, body: charge };
      case 'POST charges/:id/refunds':
        return giveBack(charge, JSON.parse(body) as { reference: string; amount: number });
      default:
        return refusal(405);
    }
  }

  /** The same key with the same words is the same charge. */
  function begin(body: string, key: string): Answer {
    const known = keys.get(key);
    if (key === '' || (known && known.body !== body)) return refusal(400);
    if (known) return { status: 200, body: known.charge };
    const { reference, amount, currency, return_url } = JSON.parse(body) as AcmeCharge & {
      return_url: string;
    };
    if (!URL.canParse(return_url)) return refusal(422);
    const charge: AcmeCharge = {
      id: `ch_${randomUUID()}`,
      reference,
      amount,
      currency,
      state: 'open',
      refunds: [],
    };
    charges.set(charge.id, charge);
    keys.set(key, { body, charge });
    return { status: 201, body: charge };
  }

  /** A refund is known by its reference for ever. */
  function giveBack(
    charge: AcmeCharge,
    { reference, amount }: { reference: string; amount: number },
  ): Answer {
    if (charge.refunds.some((refund) => refund.reference === reference)) return { status: 200, body: charge };
    const left = charge.refunds.reduce((sum, refund) => sum - refund.amount, charge.amount);
    if (charge.state !== 'done' || amount > left) return refusal(422);
    const { currency } = charge;
    charge.refunds.push({ id: `re_${randomUUID()}`, reference, amount, currency, status: 'succeeded' });
    return { status: 201, body: charge };
  }

  /** What has taken money for a reference, or still can. */
  function alive(reference: string): AcmeCharge | undefined {
    return [...charges.values()].findLast((each) => each.reference === reference && each.state !== 'dead');
  }

  const server = createServer((request, response) => {
    void (async () => {
      const body = await textOf(request);
      const failure = failures.shift();
      const truth = !failure || failure.is_done ? answer(request, body) : null;
      if (failure?.status === 0) return void response.destroy();
      const status = failure?.status ?? truth?.status ?? 500;
      const pause = status === 429 ? { 'retry-after': '7' } : {};
      response.writeHead(status, { 'content-type': 'application/json', ...pause });
      response.end(failure?.body ?? JSON.stringify(truth?.body));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: { ACME_URL: url, ACME_KEY: KEY, ACME_SECRET: SECRET },
    charges: () => structuredClone([...charges.values()]),
    move(id, state) {
      const charge = charges.get(id);
      if (!charge) throw new Error(`Acme has no charge ${id}`);
      charge.state = state;
    },
    fail: (status, { is_done = false, body = '{"error":"as asked"}' } = {}) =>
      void failures.push({ status, is_done, body }),
    forgetKeys: () => keys.clear(),
    event(id, type = 'charge.changed') {
      const raw = Buffer.from(JSON.stringify({ id: `ev_${randomUUID()}`, type, charge: charges.get(id) }));
      return { raw, headers: { 'acme-signature': createHmac('sha256', SECRET).update(raw).digest('hex') } };
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function refusal(status: number): Answer {
  return { status, body: { error: `refused with ${status}` } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
