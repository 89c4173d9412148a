/** One mail as the inbox keeps and shows it. */
import { randomUUID } from 'node:crypto';
import PostalMime from 'postal-mime';

export type Message = {
  id: string;
  received_at: string;
  /** From the mail's headers: what the reader sees. */
  from: string;
  /** From the SMTP envelope: who was really written to. */
  to: string[];
  subject: string;
  message_id: string | null;
  text: string;
  html: string | null;
  size: number;
};

export type StoredMessage = Message & {
  /** The bytes that came, one character each. */
  raw: string;
};

export async function readMessage(bytes: Buffer, to: string[], received_at: Date): Promise<StoredMessage> {
  const mail = await PostalMime.parse(bytes);
  const from = mail.from ? [mail.from.name, mail.from.address && `<${mail.from.address}>`] : [];
  return {
    id: randomUUID(),
    received_at: received_at.toISOString(),
    from: from.filter(Boolean).join(' '),
    to,
    subject: mail.subject ?? '',
    message_id: mail.messageId ?? null,
    text: mail.text?.trim() ?? '',
    html: mail.html ?? null,
    size: bytes.length,
    raw: bytes.toString('latin1'),
  };
}
