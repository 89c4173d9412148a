/**
 * What hits are compared with: a bare node:http server that sends bytes it holds in memory, by path, with a type and a length.
 * node memory-server.ts PORT; messages of its parent give it what it sends.
 */
import { createServer } from 'node:http';

export interface HeldBody {
  path: string;
  body: string;
}

if (import.meta.main) {
  const bodies = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    const body = bodies.get(request.url ?? '');
    if (!body) response.statusCode = 404;
    response.end(body);
  });
  process.on('message', ({ path, body }: HeldBody) => {
    bodies.set(path, Buffer.from(body));
    process.send?.('held');
  });
  process.on('disconnect', () => process.exit(0));
  server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'));
}
