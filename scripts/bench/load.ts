/** A small load generator: keep-alive connections, one unit after another on each, and how long each took. */
import { Agent, request } from 'node:http';
import { rateFrom, typical, type Rate } from './rates.ts';

export interface Answer {
  status: number;
  /** What was sent as JSON; null for nothing. */
  body: unknown;
}

export type Send = (method: string, path: string, body?: object, headers?: object) => Promise<Answer>;

/** @returns how to send to an origin, and how to close its connections */
export function clientOf(origin: string, maxSockets = 200): { send: Send; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const { hostname, port } = new URL(origin);
  const send: Send = (method, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const sent = request(
        {
          agent,
          hostname,
          port,
          method,
          path,
          headers: {
            ...headers,
            ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const answer = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, body: answer ? JSON.parse(answer) : null });
          });
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  return { send, close: () => agent.destroy() };
}

/** `workers` at once, each doing one unit after another for so long; a unit that throws ends the measurement. */
export async function rateOf(
  unit: (worker: number) => Promise<unknown>,
  { workers, seconds }: { workers: number; seconds: number },
): Promise<Rate> {
  const took: number[] = [];
  const began = performance.now();
  const until = began + seconds * 1000;
  const work = async (worker: number) => {
    while (performance.now() < until) {
      const start = performance.now();
      await unit(worker);
      took.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  return rateFrom(took, performance.now() - began);
}

/** The run with the median rate, after one that only warms up. */
export async function medianRate(
  unit: (worker: number) => Promise<unknown>,
  { workers, seconds, repeats }: { workers: number; seconds: number; repeats: number },
): Promise<Rate> {
  await rateOf(unit, { workers, seconds: Math.min(3, seconds) });
  const runs: Rate[] = [];
  for (let run = 0; run < repeats; run += 1) runs.push(await rateOf(unit, { workers, seconds }));
  return typical(runs);
}
