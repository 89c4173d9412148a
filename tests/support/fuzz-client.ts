/** Sends what the fuzzer makes, over connections that are kept. */
import { Agent, request as httpRequest } from 'node:http';
import type { FuzzRequest } from './fuzz-request.ts';

export interface FuzzAnswer {
  /** 0 where the connection ended without an answer. */
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** A slower answer than any is a finding. */
const PATIENCE_MS = 60_000;
const KEPT_BYTES = 200_000;

export interface FuzzClient {
  send: (request: FuzzRequest) => Promise<FuzzAnswer>;
  close: () => void;
}

export function fuzzClient(origin: string, connections: number): FuzzClient {
  const { hostname: host, port } = new URL(origin);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  function once({ method, target, headers, body }: FuzzRequest): Promise<FuzzAnswer & { is_stale: boolean }> {
    return new Promise((resolve) => {
      const sent = httpRequest({ host, port, agent, method, path: target, headers, timeout: PATIENCE_MS });
      const fail = (is_stale: boolean, text: string) => resolve({ status: 0, headers: {}, text, is_stale });
      sent.on('timeout', () => sent.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
      sent.on('error', (error: NodeJS.ErrnoException) =>
        fail(sent.reusedSocket && error.code === 'ECONNRESET', error.message),
      );
      sent.on('response', (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on('data', (chunk: Buffer) => {
          if (size < KEPT_BYTES) chunks.push(chunk);
          size += chunk.length;
        });
        answer.on('error', (error) => fail(false, `the answer broke off: ${error.message}`));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, is_stale: false });
        });
      });
      if (body !== null) sent.setHeader('content-length', Buffer.byteLength(body));
      sent.end(body ?? undefined);
    });
  }

  return {
    async send(request) {
      const first = await once(request);
      // The server closed an idle connection at the moment it was used again: it never saw the request.
      return first.is_stale ? once(request) : first;
    },
    close: () => agent.destroy(),
  };
}
