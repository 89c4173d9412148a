import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import { afterEach, expect, test } from 'vitest';
import { startInbox, type Inbox, type InboxOptions } from './inbox.ts';
import { openMailbox } from './mailbox.ts';
import { readMessage } from './message.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'inbox-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function anInbox(options: Partial<InboxOptions> = {}): Promise<Inbox> {
  const inbox = await startInbox({ smtp_port: 0, http_port: 0, ...options });
  cleanUps.push(() => inbox.stop());
  return inbox;
}

async function send(inbox: { smtp_port: number }, mail: nodemailer.SendMailOptions): Promise<void> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: inbox.smtp_port });
  await transport.sendMail({ from: 'Shop <shop@example.com>', to: 'ada@example.com', ...mail });
  transport.close();
}

const list = async (inbox: Inbox, query = '') =>
  ((await (await fetch(`${inbox.url}/api/messages${query}`)).json()) as { data: Record<string, unknown>[] })
    .data;

test('a mail that was sent is listed with its text and HTML, newest first', async () => {
  const inbox = await anInbox();
  await send(inbox, { subject: 'First', text: 'one' });
  await send(inbox, {
    subject: 'Grüße',
    text: 'zwei',
    html: '<p>zwei – 2</p>',
    messageId: '<job-7@shop.example>',
  });
  const messages = await list(inbox);
  expect(messages.map(({ subject }) => subject)).toEqual(['Grüße', 'First']);
  expect(messages[0]).toMatchObject({
    from: 'Shop <shop@example.com>',
    to: ['ada@example.com'],
    text: 'zwei',
    message_id: '<job-7@shop.example>',
  });
  expect(messages[0]!['html']).toContain('zwei – 2');
});

test('mails are found by whom they went to, blind copies too, whatever the case', async () => {
  const inbox = await anInbox();
  await send(inbox, { subject: 'A', text: 'a', bcc: 'Bob@example.com' });
  await send(inbox, { subject: 'B', text: 'b' });
  expect((await list(inbox, '?to=bob@EXAMPLE.com')).map(({ subject }) => subject)).toEqual(['A']);
  expect(await list(inbox, '?to=nobody@example.com')).toEqual([]);
});

test('a mail that awaits is handed over as soon as it comes', async () => {
  const inbox = await anInbox();
  const awaited = inbox.waitFor(({ subject }) => subject === 'Later');
  await send(inbox, { subject: 'Sooner', text: 'x' });
  await send(inbox, { subject: 'Later', text: 'x' });
  expect((await awaited).subject).toBe('Later');
  await expect(inbox.waitFor(({ subject }) => subject === 'Never', 1)).rejects.toThrow(
    'ada@example.com: Later',
  );
});

test('deleting empties the list', async () => {
  const inbox = await anInbox();
  await send(inbox, { subject: 'A', text: 'a' });
  expect((await fetch(`${inbox.url}/api/messages`, { method: 'DELETE' })).status).toBe(204);
  expect(await list(inbox)).toEqual([]);
});

test('HTML is served without the right to run scripts or to load anything', async () => {
  const inbox = await anInbox();
  await send(inbox, { subject: 'A', html: '<script>alert(1)</script><p>hi</p>' });
  const [message] = inbox.messages();
  const answer = await fetch(`${inbox.url}/messages/${message!.id}/html`);
  const policy = answer.headers.get('content-security-policy');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/sandbox(?!.*(allow-scripts|allow-same-origin))/);
  expect(await answer.text()).toContain('<p>hi</p>');
});

test('the raw mail is the bytes that came', async () => {
  const inbox = await anInbox();
  await send(inbox, { subject: 'A', text: 'plain', headers: { 'X-Shop': 'yes' } });
  const raw = await (await fetch(`${inbox.url}/messages/${inbox.messages()[0]!.id}/raw`)).text();
  expect(raw).toMatch(/^X-Shop: yes\r?$/m);
});

test('a page for people, 404 for what is not there, 304 for what has not changed', async () => {
  const inbox = await anInbox();
  const page = await fetch(inbox.url);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await page.text()).not.toMatch(/(src|href)="https?:/);
  expect((await fetch(`${inbox.url}/messages/${crypto.randomUUID()}/raw`)).status).toBe(404);
  expect((await fetch(`${inbox.url}/nothing`)).status).toBe(404);
  const etag = (await fetch(`${inbox.url}/api/messages`)).headers.get('etag')!;
  const again = () => fetch(`${inbox.url}/api/messages`, { headers: { 'If-None-Match': etag } });
  expect((await again()).status).toBe(304);
  await send(inbox, { subject: 'A', text: 'a' });
  expect((await again()).status).toBe(200);
});

test('mails survive a restart where a state file is named', async () => {
  const state_file = join(aFolder(), 'inbox.json');
  const first = await startInbox({ smtp_port: 0, http_port: 0, state_file });
  await send(first, { subject: 'Kept', text: 'ä' });
  await first.stop();
  const second = await anInbox({ state_file });
  expect((await list(second)).map(({ subject, text }) => [subject, text])).toEqual([['Kept', 'ä']]);
});

test('the last 500 mails are kept', async () => {
  const mailbox = openMailbox();
  for (let count = 1; count <= 502; count += 1) {
    mailbox.add(
      await readMessage(Buffer.from(`Subject: No. ${count}\r\n\r\nx`), ['a@b.example'], new Date()),
    );
  }
  const subjects = mailbox.all().map(({ subject }) => subject);
  expect(subjects).toHaveLength(500);
  expect([subjects[0], subjects.at(-1)]).toEqual(['No. 502', 'No. 3']);
});

test('a taken port is said at once, and nothing is left listening', async () => {
  const inbox = await anInbox();
  await expect(startInbox({ smtp_port: 0, http_port: inbox.http_port })).rejects.toThrow('EADDRINUSE');
  await expect(startInbox({ smtp_port: inbox.smtp_port, http_port: 0 })).rejects.toThrow('EADDRINUSE');
});

test('as a process of its own it ends with its parent', async () => {
  const child: ChildProcess = fork(
    new URL('./main.ts', import.meta.url),
    ['--smtp-port', '0', '--http-port', '0'],
    {
      silent: true,
    },
  );
  cleanUps.push(() => child.kill('SIGKILL'));
  const [ready] = (await once(child, 'message')) as [{ url: string; smtp_port: number }];
  expect((await fetch(ready.url)).status).toBe(200);
  await send(ready, { subject: 'A', text: 'a' });
  child.disconnect();
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
});
