/** WebSockets, written by hand: what libraries send is too well-behaved. */
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';

export interface Socket {
  send: (message: object) => void;
  /** The next message, or null once the socket has closed or nothing came for a while. */
  next: () => Promise<string | null>;
  close: () => void;
}

const PATIENCE_MS = 3_000;

/** @returns null where the server does not let a socket in */
export function openSocket(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
        ...headers,
      },
    });
    asked.on('upgrade', (_answer, stream, head) => {
      if (head.length > 0) stream.unshift(head);
      resolve(socketOf(stream));
    });
    asked.on('response', (answer) => {
      answer.resume();
      resolve(null);
    });
    asked.on('error', reject);
    asked.end();
  });
}

function socketOf(stream: Duplex): Socket {
  let pending = Buffer.alloc(0);
  const arrived: string[] = [];
  let wake = () => undefined as void;
  let is_closed = false;
  stream.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = readFrame(pending); frame; frame = readFrame(pending)) {
      pending = pending.subarray(frame.length);
      if (frame.opcode === 1) arrived.push(frame.text);
    }
    wake();
  });
  const end = () => {
    is_closed = true;
    wake();
  };
  stream.on('close', end).on('error', end);
  return {
    send: (message) => void stream.write(maskedFrame(JSON.stringify(message))),
    async next() {
      if (arrived.length === 0 && !is_closed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, PATIENCE_MS).unref();
        });
      }
      return arrived.shift() ?? null;
    },
    close: () => stream.destroy(),
  };
}

function readFrame(data: Buffer): { opcode: number; text: string; length: number } | null {
  if (data.length < 2) return null;
  const [first = 0, second = 0] = data;
  const short = second & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (data.length < start) return null;
  const size = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
  if (data.length < start + size) return null;
  return { opcode: first & 0x0f, text: data.toString('utf8', start, start + size), length: start + size };
}

function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const head = Buffer.alloc(10);
  head[0] = 0x81;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, mask, payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0))]);
}
