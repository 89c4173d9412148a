/** What the tests of every emulator listen with, and what broke a contract while they ran. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** During the test that runs; clients and webhooks would hide it. */
let mistakes: string[] = [];

/** Fails the test that runs once it is over. */
export function addMistake(mistake: string): void {
  mistakes.push(mistake);
}

/**
 * An address for events, for one test.
 * @param take is given the body and the headers of each delivery, and resolves to the status it is answered with
 */
export async function listenForEvents(
  take: (body: string, headers: Record<string, string>) => Promise<number>,
): Promise<string> {
  const server = createServer((req, res) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString('utf8');
      res.writeHead(await take(body, req.headers as Record<string, string>)).end();
    })().catch((error: unknown) => {
      addMistake(String(error));
      res.writeHead(400).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    const found = mistakes;
    mistakes = [];
    if (found.length > 0) throw new Error(`against the contract: ${found.join('; ')}`);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
}

/** Asks under `/_emulator`. */
export async function askAdmin(
  { url }: { url: string },
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: ReturnType<typeof JSON.parse> }> {
  const init = { method, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${url}/_emulator/${path}`, init);
  return { status: response.status, body: await response.json() };
}

/** For one test, in a folder that is still to be made. */
export function freshStateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'payment-emulator-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'nested', 'state.json');
}
