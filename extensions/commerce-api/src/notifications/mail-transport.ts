import { createHash } from 'node:crypto';
import nodemailer, { type Transporter } from 'nodemailer';
import type { Env } from '../platform/env.ts';
import type { JobContext } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import type { RenderedMail } from './render-mail.ts';

export interface Envelope {
  to: string;
  /** The shop's name, shown as the sender. */
  from_name: string;
  reply_to: string | null;
  /** What the job was given; with the job's id it makes the Message-ID. */
  payload: object;
}

const PATIENCE_MS = 20_000;
const IDLE_MS = 300;

/**
 * Hands a mail to the SMTP server and waits for its word. Sending again after a lost answer uses the same Message-ID, so a
 * mailbox that checks shows it once. Without EMAIL_SMTP_HOST nothing is sent, and the log says so.
 * @throws Error from nodemailer when the server refuses or cannot be reached: the job is retried.
 */
export async function deliverMail(
  shop: Shop,
  job: JobContext,
  envelope: Envelope,
  mail: RenderedMail,
): Promise<void> {
  const { env } = shop;
  if (env.EMAIL_SMTP_HOST === '') {
    shop.log.warn({ job: job.id, subject: mail.subject }, 'EMAIL_SMTP_HOST is empty: this mail is not sent');
    return;
  }
  const transport = openTransport(env);
  transport.in_use += 1;
  try {
    await transport.sender.sendMail({
      // EMAIL_FROM may already name its sender: `Shop <shop@example.com>`.
      from: env.EMAIL_FROM.includes('<')
        ? env.EMAIL_FROM
        : { name: envelope.from_name, address: env.EMAIL_FROM },
      to: { name: '', address: envelope.to },
      ...(envelope.reply_to ? { replyTo: { name: envelope.from_name, address: envelope.reply_to } } : {}),
      subject: mail.subject,
      html: mail.html,
      text: mail.text,
      messageId: messageId(shop, job, envelope.payload),
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  } finally {
    transport.in_use -= 1;
    closeWhenIdle(transport);
  }
}

interface Transport {
  sender: Transporter;
  env: Env;
  in_use: number;
  closing?: NodeJS.Timeout;
}

let open: Transport | null = null;

/** A burst of mails shares its connections; a moment after the last they are closed. */
function openTransport(env: Env): Transport {
  if (open?.env === env) return open;
  const sender = nodemailer.createTransport({
    pool: true,
    maxConnections: env.JOBS_CONCURRENCY,
    host: env.EMAIL_SMTP_HOST,
    port: env.EMAIL_SMTP_PORT,
    secure: env.EMAIL_SMTP_SECURE,
    ...(env.EMAIL_SMTP_USER ? { auth: { user: env.EMAIL_SMTP_USER, pass: env.EMAIL_SMTP_PASSWORD } } : {}),
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  open = { sender, env, in_use: 0 };
  return open;
}

function closeWhenIdle(transport: Transport): void {
  clearTimeout(transport.closing);
  transport.closing = setTimeout(() => {
    if (transport.in_use > 0) return;
    if (open === transport) open = null;
    transport.sender.close();
  }, IDLE_MS);
}

/** Job ids start again with a new database, so what the job was given is part of it. */
function messageId(shop: Shop, job: JobContext, payload: object): string {
  const digest = createHash('sha256').update(JSON.stringify(payload)).digest('hex').slice(0, 16);
  return `<job-${job.id}-${digest}@${new URL(shop.env.PUBLIC_URL).hostname}>`;
}
