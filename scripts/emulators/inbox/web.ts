/** The inbox over HTTP: a page for people, JSON for tests and scripts. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Mailbox } from './mailbox.ts';
import type { Message, StoredMessage } from './message.ts';

const PAGE = readFileSync(new URL('./page.html', import.meta.url), 'utf8');

const PAGE_POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; frame-src 'self'";

/** A mail may look as it likes and open links, and nothing else: no scripts, no requests, no access to the page. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox";

/** Set apart from other runs, so that a browser does not take an answer of the last one for its own. */
const BOOT = Date.now().toString(36);

export function answerInboxRequest(mailbox: Mailbox, req: IncomingMessage, res: ServerResponse): void {
  const url = URL.parse(req.url ?? '/', 'http://inbox');
  const route = `${req.method} ${url?.pathname}`;
  const id = /^\/(?:api\/messages|messages)\/([0-9a-f-]{36})(\/html|\/raw)?$/.exec(url?.pathname ?? '');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Referrer-Policy', 'no-referrer');

  if (!url) return answer(res, 400, 'text/plain', 'Bad request target\n');
  if (route === 'GET /') {
    res.setHeader('Content-Security-Policy', PAGE_POLICY);
    return answer(res, 200, 'text/html', PAGE);
  }
  if (route === 'GET /api/messages') return listMessages(mailbox, url, req, res);
  if (route === 'DELETE /api/messages') {
    mailbox.clear();
    res.writeHead(204).end();
    return;
  }
  const message = req.method === 'GET' && id?.[1] ? mailbox.find(id[1]) : undefined;
  if (!message)
    return answer(res, 404, 'application/json', JSON.stringify({ errors: [{ message: 'Nothing here' }] }));
  if (id?.[2] === '/raw') return answer(res, 200, 'text/plain', message.raw, 'latin1');
  if (id?.[2] === '/html') {
    res.setHeader('Content-Security-Policy', MAIL_POLICY);
    return answer(res, 200, 'text/html', `<base target="_blank">${message.html ?? ''}`);
  }
  return answer(res, 200, 'application/json', JSON.stringify({ data: withoutRaw(message) }));
}

function listMessages(mailbox: Mailbox, url: URL, req: IncomingMessage, res: ServerResponse): void {
  const etag = `"${BOOT}-${mailbox.revision()}"`;
  res.setHeader('ETag', etag);
  res.setHeader('Cache-Control', 'no-cache');
  if (req.headers['if-none-match'] === etag) {
    res.writeHead(304).end();
    return;
  }
  const messages = mailbox.all(url.searchParams.get('to') ?? undefined);
  answer(res, 200, 'application/json', JSON.stringify({ data: messages.map(withoutRaw) }));
}

function withoutRaw({ raw: _raw, ...message }: StoredMessage): Message {
  return message;
}

function answer(
  res: ServerResponse,
  status: number,
  type: string,
  body: string,
  encoding: BufferEncoding = 'utf8',
): void {
  res.writeHead(status, { 'Content-Type': `${type}; charset=utf-8` }).end(body, encoding);
}
