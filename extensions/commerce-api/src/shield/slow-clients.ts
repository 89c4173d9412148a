/**
 * Who sends a body drop by drop, or asks and does not read: each costs a connection and its buffers, and is cut. Node itself cuts who
 * is slow with headers, by the `SERVER_*` settings.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface SlowClientLimits {
  /** How long a body may take to arrive, from whoever may not use the admin app. */
  body_ms: number;
  /** How long an answer may lie without a byte more of it being taken. */
  unread_ms: number;
}

export interface SlowClients {
  /** Begins to wait for the body of a request, if it has one. @param refuse answers; the connection is closed behind it */
  awaitBody: (req: IncomingMessage, res: ServerResponse, refuse: () => void) => void;
  /** Staff may upload as long as the server lets any request last. */
  allowLongBody: (req: IncomingMessage) => void;
  /** Looks after the connections of a server from now on. */
  watch: (server: Server) => void;
  cut: { body: number; unread: number };
}

/** What was not read yet of an answer, by what the socket has taken. */
interface Unread {
  taken: number;
  since: number;
}

const LOOKS = 4;

export function slowClients({ body_ms, unread_ms }: SlowClientLimits): SlowClients {
  const waiting = new WeakMap<IncomingMessage, NodeJS.Timeout>();
  const cut = { body: 0, unread: 0 };

  function stopWaiting(req: IncomingMessage): void {
    clearTimeout(waiting.get(req));
    waiting.delete(req);
  }

  function look(sockets: Map<Socket, Unread | null>): void {
    const now = performance.now();
    for (const [socket, before] of sockets) {
      const taken = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0) sockets.set(socket, null);
      else if (before?.taken !== taken) sockets.set(socket, { taken, since: now });
      else if (now - before.since >= unread_ms) {
        cut.unread += 1;
        socket.destroy();
      }
    }
  }

  return {
    cut,
    awaitBody(req, res, refuse) {
      const { 'content-length': length, 'transfer-encoding': encoding } = req.headers;
      if (encoding === undefined && (length === undefined || length === '0')) return;
      const timer = setTimeout(() => {
        waiting.delete(req);
        cut.body += 1;
        res.shouldKeepAlive = false;
        if (!res.headersSent) refuse();
        req.socket.destroySoon();
      }, body_ms);
      waiting.set(req, timer);
      req.once('end', () => stopWaiting(req)).once('close', () => stopWaiting(req));
    },
    allowLongBody: stopWaiting,
    watch(server) {
      const sockets = new Map<Socket, Unread | null>();
      server.on('connection', (socket: Socket) => {
        sockets.set(socket, null);
        socket.once('close', () => sockets.delete(socket));
      });
      const timer = setInterval(() => look(sockets), unread_ms / LOOKS);
      timer.unref();
      server.once('close', () => clearInterval(timer));
    },
  };
}
