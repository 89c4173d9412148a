/**
 * A mail inbox for demos and tests: an SMTP server that accepts everything and delivers nothing, and a page that shows what
 * came. Listens on 127.0.0.1 only.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { openMailbox, type Mailbox } from './mailbox.ts';
import { readMessage } from './message.ts';
import { answerInboxRequest } from './web.ts';

const HOST = '127.0.0.1';
const MAX_BYTES = 25 * 1024 * 1024;

export type InboxOptions = {
  /** 0 takes a free port. */
  smtp_port: number;
  http_port: number;
  /** Keeps the mails over restarts. */
  state_file?: string;
};

export type Inbox = {
  smtp_port: number;
  http_port: number;
  /** The page to look at. */
  url: string;
  messages: Mailbox['all'];
  waitFor: Mailbox['waitFor'];
  clear: () => void;
  stop: () => Promise<void>;
};

/** @throws Error when a port is taken. */
export async function startInbox({ smtp_port, http_port, state_file }: InboxOptions): Promise<Inbox> {
  const mailbox = openMailbox(state_file);
  const smtp = smtpServer(mailbox);
  // Clients that hang up in the middle of a conversation are no reason to end; a taken port is seen by `listening`.
  smtp.on('error', () => {});
  const web = createServer((req, res) => answerInboxRequest(mailbox, req, res));
  try {
    await listening(smtp.listen(smtp_port, HOST));
    await listening(web.listen(http_port, HOST));
  } catch (error) {
    smtp.close();
    web.close();
    throw error;
  }
  const port = portOf(web);
  return {
    smtp_port: portOf(smtp.server),
    http_port: port,
    url: `http://${HOST}:${port}`,
    messages: mailbox.all,
    waitFor: (...wanted) => mailbox.waitFor(...wanted),
    clear: () => mailbox.clear(),
    async stop() {
      web.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(resolve)),
        new Promise<void>((resolve) => web.close(() => resolve())),
      ]);
      mailbox.close();
    },
  };
}

function smtpServer(mailbox: Mailbox): SMTPServer {
  return new SMTPServer({
    name: 'inbox.localhost',
    banner: 'Kontor demo inbox',
    size: MAX_BYTES,
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 500,
    logger: false,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anyone' }),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded) {
          done(Object.assign(new Error('The message is too large'), { responseCode: 552 }));
          return;
        }
        const to = session.envelope.rcptTo.map(({ address }) => address);
        readMessage(Buffer.concat(chunks), to, new Date()).then((message) => {
          mailbox.add(message);
          done();
        }, done);
      });
    },
  });
}

async function listening(server: Server): Promise<void> {
  if (!server.listening) await once(server, 'listening');
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
