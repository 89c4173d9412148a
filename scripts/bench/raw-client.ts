/**
 * A load generator that is not what is measured: plain sockets, kept open, one request after another on each, bytes of the request
 * made beforehand, and of the answer only what must be known: its status and where it ends. What it looks into more closely is a
 * sample. Knows answers that say their length, which all here do.
 */
import { connect, type Socket } from 'node:net';
import { rateFrom, type Rate } from './rates.ts';

/** A request whose bytes are made, and whether an answer to it is right. */
export interface Prepared {
  path: string;
  bytes: Buffer;
  /** @returns what is wrong with the body, or null */
  check?: ((body: string) => string | null) | undefined;
}

export interface RawAnswer {
  status: number;
  head: string;
  body: Buffer;
}

/** Of how many answers one is looked into. */
const SAMPLE = 199;

interface LoadOptions {
  connections: number;
  seconds: number;
}

export interface Load extends Rate {
  answers: number;
  /** Part of a core the load generator itself took: near 1, it was the limit. */
  client_cpu: number;
  bytes_per_answer: number;
}

export function prepared(
  path: string,
  { method = 'GET', headers = {}, body = '', check }: RequestParts = {},
): Prepared {
  const lines = Object.entries({
    host: 'shop.example',
    ...headers,
    ...(body && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return { path, bytes: Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`), check };
}

interface RequestParts {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  check?: Prepared['check'];
}

/** One request on a connection of its own. */
export async function ask(origin: string, request: Prepared): Promise<RawAnswer> {
  const line = new Line(origin);
  try {
    return await line.send(request.bytes, true);
  } finally {
    line.close();
  }
}

/**
 * Keeps `connections` busy for so long with what `next` hands out.
 * @throws Error at the first answer that is not 200, or that its check finds wrong
 */
export async function loadOf(
  origin: string,
  next: (connection: number) => Prepared,
  { connections, seconds }: LoadOptions,
): Promise<Load> {
  const lines = Array.from({ length: connections }, () => new Line(origin));
  const took: number[] = [];
  let bytes = 0;
  const cpu = process.cpuUsage();
  const began = performance.now();
  const until = began + seconds * 1000;
  const work = async (line: Line, connection: number) => {
    while (performance.now() < until) {
      const request = next(connection);
      const start = performance.now();
      const isSampled = took.length % SAMPLE === 0 && request.check !== undefined;
      const answer = await line.send(request.bytes, isSampled);
      took.push(performance.now() - start);
      bytes += line.received;
      refuseWrong(request, answer, isSampled);
    }
  };
  try {
    await Promise.all(lines.map(work));
  } finally {
    for (const line of lines) line.close();
  }
  const wall_ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...rateFrom(took, wall_ms),
    answers: took.length,
    client_cpu: Number(((user + system) / 1000 / wall_ms).toFixed(2)),
    bytes_per_answer: took.length > 0 ? Math.round(bytes / took.length) : 0,
  };
}

/**
 * When each connection may begin its next, `every_ms` after its last; at once when it is late. They begin one after another, or all
 * would ask at the same moment for ever.
 */
export function paceOf(every_ms: number, connections: number): (connection: number) => () => Promise<void> {
  const began = performance.now();
  return (connection) => {
    let due = began + (every_ms * connection) / connections;
    return async () => {
      const now = performance.now();
      if (due > now) await new Promise((resolve) => setTimeout(resolve, due - now));
      due = Math.max(due + every_ms, performance.now() - every_ms);
    };
  };
}

function refuseWrong({ path, check }: Prepared, { status, body }: RawAnswer, isSampled: boolean): void {
  if (status !== 200) throw new Error(`${path} was answered ${status}`);
  const problem = isSampled ? check?.(body.toString()) : null;
  if (problem) throw new Error(`${path}: ${problem}`);
}

const EMPTY = Buffer.alloc(0);
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** One connection: sends, and reads until the answer is whole. */
export class Line {
  /** Bytes of the last answer. */
  received = 0;
  private readonly socket: Socket;
  private resolve: ((answer: RawAnswer) => void) | null = null;
  private reject: ((error: Error) => void) | null = null;
  private failure: Error | null = null;
  private held = EMPTY;
  private whole = 0;
  private status = 0;
  private head = '';
  private isKept = false;
  private kept: Buffer[] = [];

  constructor(origin: string) {
    const { hostname, port } = new URL(origin);
    const into = Buffer.allocUnsafe(256 * 1024);
    this.socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: { buffer: into, callback: (size) => this.take(into.subarray(0, size)) },
    });
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the connection was closed')));
  }

  send(bytes: Buffer, isKept: boolean): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.resolve = resolve;
      this.reject = reject;
      this.isKept = isKept;
      this.received = 0;
      this.whole = 0;
      this.socket.write(bytes);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.reject?.(this.failure);
  }

  private take(chunk: Buffer): boolean {
    this.received += chunk.length;
    if (this.whole === 0) this.readHead(chunk);
    else if (this.isKept) this.kept.push(Buffer.from(chunk));
    if (this.whole > 0 && this.received >= this.whole) this.finish();
    return true;
  }

  private readHead(chunk: Buffer): void {
    const data = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk;
    const end = data.indexOf(END_OF_HEAD);
    if (end < 0) {
      this.held = Buffer.from(data);
      return;
    }
    this.held = EMPTY;
    this.head = data.toString('latin1', 0, end);
    this.status = Number(this.head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.head)?.[1];
    if (length === undefined && this.status !== 304 && this.status !== 204) {
      this.fail(new Error(`an answer ${this.status} without a length:\n${this.head}`));
      return;
    }
    this.whole = end + END_OF_HEAD.length + Number(length ?? 0);
    this.kept = this.isKept ? [Buffer.from(data.subarray(end + END_OF_HEAD.length))] : [];
  }

  private finish(): void {
    const body = this.isKept ? Buffer.concat(this.kept) : EMPTY;
    this.resolve?.({ status: this.status, head: this.head, body });
  }
}
