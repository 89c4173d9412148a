import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, loadOf, prepared } from './raw-client.ts';

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the load generator', () => {
  it('reads an answer whole, however many pieces it comes in', async () => {
    const body = 'x'.repeat(700_000);
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.slice(0, 10));
      response.end(body.slice(10));
    });
    const answer = await ask(url, prepared('/'));
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe(body);
  });

  it('sends methods, headers and bodies', async () => {
    const url = await serve((request, response) => {
      request.setEncoding('utf8');
      let text = '';
      request.on('data', (chunk: string) => (text += chunk));
      request.on('end', () =>
        response.end(`${request.method} ${request.url} ${String(request.headers['x-a'])} ${text}`),
      );
    });
    const request = prepared('/b?c', { method: 'POST', headers: { 'x-a': '1' }, body: '{}' });
    expect((await ask(url, request)).body.toString()).toBe('POST /b?c 1 {}');
  });

  it('takes an answer without a body for whole', async () => {
    const url = await serve((_request, response) => response.writeHead(304).end());
    expect((await ask(url, prepared('/'))).status).toBe(304);
  });

  it('counts what was answered on all its connections', async () => {
    let served = 0;
    const url = await serve((_request, response) => {
      served += 1;
      response.end('{}');
    });
    const load = await loadOf(url, () => prepared('/'), { connections: 4, seconds: 0.1 });
    expect(load.answers).toBe(served);
    expect(load.answers).toBeGreaterThan(4);
    expect(load.per_second).toBeGreaterThan(0);
  });

  it('ends at an answer that is no success or is not what it should be', async () => {
    const url = await serve((request, response) => {
      response.statusCode = request.url === '/gone' ? 404 : 200;
      response.end('b');
    });
    const load = { connections: 1, seconds: 0.1 };
    await expect(loadOf(url, () => prepared('/gone'), load)).rejects.toThrow('/gone was answered 404');
    const strict = prepared('/', { check: (body) => (body === 'a' ? null : 'not a') });
    await expect(loadOf(url, () => strict, load)).rejects.toThrow('/: not a');
  });
});
