/** Takes an answer down while Express makes it. */
import type { ServerResponse } from 'node:http';

/**
 * Waits for the answer. A whole 200 with JSON goes to `take`, which sends it in its own way, headers included; any other goes out
 * as Express made it, and `leave` is told. One of the two is called, once.
 */
export function captureAnswer(res: ServerResponse, take: (body: Buffer) => void, leave: () => void): void {
  const write = res.write.bind(res) as (...args: unknown[]) => boolean;
  const end = res.end.bind(res) as (...args: unknown[]) => ServerResponse;
  let is_over = false;
  const finish = () => {
    is_over = true;
    res.write = write;
    res.end = end;
  };

  res.write = (...args: unknown[]) => {
    // Sent piece by piece, it is nothing of the catalogue.
    finish();
    leave();
    return write(...args);
  };

  res.end = (...args: unknown[]) => {
    finish();
    const body = wholeBody(res, args);
    if (body === null) {
      leave();
      return end(...args);
    }
    for (const name of res.getHeaderNames()) res.removeHeader(name);
    take(body);
    return res;
  };

  res.once('close', () => {
    if (is_over) return;
    is_over = true;
    leave();
  });
}

function wholeBody(res: ServerResponse, [chunk, encoding]: unknown[]): Buffer | null {
  const type = String(res.getHeader('Content-Type') ?? '');
  const is_json = type.startsWith('application/json') && !res.hasHeader('Content-Encoding');
  if (res.statusCode !== 200 || !is_json || res.headersSent) return null;
  if (Buffer.isBuffer(chunk)) return chunk;
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding | undefined) : null;
}
