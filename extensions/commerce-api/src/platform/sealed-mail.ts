/** Mails that carry a token wait as jobs in the database: what opens something is encrypted there. */
import type { Env } from './env.ts';
import type { JobPayload } from './jobs.ts';
import { seal, unseal } from './sealed.ts';

type Mail = JobPayload<'send-mail'>;

const boundTo = ({ template, to }: Pick<Mail, 'template' | 'to'>) => `mail ${template} ${to}`;

/** A mail whose `secrets` its template gets beside its data, and nobody else. */
export function sealedMail(env: Env, mail: Omit<Mail, 'sealed'>, secrets: Record<string, unknown>): Mail {
  return { ...mail, sealed: seal(env, JSON.stringify(secrets), boundTo(mail)) };
}

/** All a template gets. @throws Error when the mail was sealed under a secret that is gone */
export function dataOfMail(env: Env, mail: Mail): Record<string, unknown> {
  if (mail.sealed === undefined) return mail.data;
  const text = unseal(env, mail.sealed, boundTo(mail));
  if (text === null) throw new Error('This mail was sealed under a SECRET that is gone.');
  return { ...mail.data, ...(JSON.parse(text) as Record<string, unknown>) };
}
