/** A webhook address that takes everything and remembers it, byte for byte. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HeardEvent {
  raw: Buffer;
  body: string;
  headers: Record<string, string | undefined>;
}

export interface EventsAtDoor {
  url: string;
  all: () => HeardEvent[];
  close: () => Promise<void>;
}

export async function eventsAtDoor(): Promise<EventsAtDoor> {
  const heard: HeardEvent[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      heard.push({ raw, body: raw.toString(), headers: request.headers as Record<string, string> });
      response.writeHead(200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    all: () => [...heard],
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
