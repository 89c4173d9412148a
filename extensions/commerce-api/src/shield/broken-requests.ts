/** Bytes that are no request: what is wrong with them is told in a way that arrives. */
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Node's own answers to what its parser gives up on. */
const ANSWERS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What its sender has not stopped sending by then is not waited for. */
const LINGER_MS = 500;

/**
 * Node answers and closes at once. Where bytes of the request are still on their way, that resets the connection, and whoever sent them
 * often sees nothing of the answer. So what comes is read for a moment longer, and forgotten.
 */
export function answerBrokenRequests(server: Server): void {
  const answered = new WeakSet<Duplex>();
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // The parser complains of each further byte.
    if (answered.has(socket)) return;
    answered.add(socket);
    // Behind a response that was begun, another would be taken for a part of it.
    const { _httpMessage: begun } = socket as Duplex & { _httpMessage?: { headersSent: boolean } };
    if (!socket.writable || error.code === 'ECONNRESET' || begun?.headersSent) {
      socket.destroy();
      return;
    }
    socket.end(`HTTP/1.1 ${ANSWERS[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`);
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(timer)).resume();
  });
}
