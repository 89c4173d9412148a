/** Mail as a job, from the transaction that asks for it to the inbox. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerCustomer } from '../../extensions/commerce-api/src/customers/register-customer.ts';
import type { Identity } from '../../extensions/commerce-api/src/platform/identity.ts';
import { sendMail } from '../../extensions/commerce-api/src/notifications/send-mail.ts';
import { sendOrderMail } from '../../extensions/commerce-api/src/notifications/send-order-mail.ts';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import { deriveToken, hashToken } from '../../extensions/commerce-api/src/platform/secrets.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { startInbox, type Inbox } from '../../scripts/emulators/inbox/inbox.ts';
import { freshShop } from '../support/shop.ts';

let fresh: Awaited<ReturnType<typeof freshShop>>;
let inbox: Inbox;
let shop: Shop;
beforeAll(async () => {
  fresh = await freshShop();
  inbox = await startInbox({ smtp_port: 0, http_port: 0 });
  shop = withSmtp(inbox.smtp_port);
  await shop.db.raw(
    `update shop_settings set shop_name = 'Nord', email = 'hello@nord.example', storefront_url = 'https://nord.example/'`,
  );
});
afterAll(async () => {
  await inbox.stop();
  await fresh.stop();
});

function withSmtp(port: number, host = '127.0.0.1'): Shop {
  return { ...fresh.shop, env: { ...fresh.shop.env, EMAIL_SMTP_HOST: host, EMAIL_SMTP_PORT: port } };
}

const anEmail = () => `ada-${randomUUID()}@example.com`;
const verification = (to: string) => ({
  template: 'verify-email',
  to,
  data: { first_name: 'Ada', link: 'https://nord.example/verify-email#token=t', code: 't' },
});

async function anOrder(email: string, { is_guest = false, provider = 'stripe' } = {}): Promise<string> {
  const id = randomUUID();
  const token_hash = is_guest ? hashToken(deriveToken(shop.env, 'order-token', id)) : null;
  await row(
    shop.db,
    `insert into orders (id, number, email, token_hash, currency, locale, subtotal_minor, tax_minor, total_minor,
       paid_minor, tax_summary, shipping_address)
     values (?, ?, ?, ?, 'EUR', 'de-DE', 5000, 950, 5950, 5950, ?, ?)`,
    [
      id,
      `T-${id.slice(0, 8)}`,
      email,
      token_hash,
      JSON.stringify([{ name: 'VAT', rate_ppm: 190000, taxable_minor: 5000, tax_minor: 950 }]),
      JSON.stringify({ full_name: 'Ada', line1: 'Ring 1', city: 'Berlin', country: 'DE' }),
    ],
  );
  await row(
    shop.db,
    `insert into order_lines ("order", sku, name, quantity, unit_price_minor, subtotal_minor, tax_minor, total_minor)
     values (?, 'L-1', 'Lamp', 2, 2500, 5000, 950, 5950)`,
    [id],
  );
  await row(
    shop.db,
    `insert into payments ("order", provider, status, amount_minor, currency) values (?, ?, 'pending', 5950, 'EUR')`,
    [id, provider],
  );
  return id;
}

test('the token of a mail that waits stands nowhere in the clear, and is in the mail', async () => {
  const to = anEmail();
  const identity = { hash: () => Promise.resolve('a hash') } as unknown as Identity;
  await registerCustomer({ ...shop, identity }, { email: to, password: 'tulips-on-tuesday' });
  const job = await row<{ payload: string }>(
    shop.db,
    `select j.payload::text from graphile_worker._private_jobs j where j.payload ->> 'to' = ?`,
    [to],
  );
  const payload = JSON.parse(job!.payload);
  expect(payload).toEqual({
    template: 'verify-email',
    to,
    data: { first_name: null },
    sealed: expect.any(String),
  });
  await sendMail(shop, payload, { id: '1', attempt: 1 });
  const token = /token=([\w-]{43})/.exec(inbox.messages(to)[0]!.text)![1]!;
  const kept = await row(shop.db, 'select 1 from commerce.email_tokens where token_hash = ?', [
    hashToken(token),
  ]);
  expect(kept).toBeDefined();
  const moved = { ...payload, to: anEmail() };
  await expect(sendMail(shop, moved, { id: '2', attempt: 1 })).rejects.toThrow(
    'sealed under a SECRET that is gone',
  );
});

test('a mail comes from the shop, asks for answers to its address, and names the storefront', async () => {
  const to = anEmail();
  await sendMail(shop, verification(to), { id: '1', attempt: 1 });
  const [mail] = inbox.messages(to);
  expect(mail).toMatchObject({ subject: 'Confirm your e-mail address for Nord', to: [to] });
  expect(mail!.from).toBe(`Nord <${shop.env.EMAIL_FROM}>`);
  expect(mail!.raw).toMatch(/^Reply-To: Nord <hello@nord\.example>\r$/m);
  expect(mail!.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(mail!.text).toContain('Confirm my address: https://nord.example/verify-email#token=t');
  expect(mail!.html).toContain('href="https://nord.example"');
});

test('a job that runs twice sends the same Message-ID, another job another', async () => {
  const to = anEmail();
  await sendMail(shop, verification(to), { id: '7', attempt: 1 });
  await sendMail(shop, verification(to), { id: '7', attempt: 2 });
  await sendMail(shop, verification(to), { id: '8', attempt: 1 });
  const [other, second, first] = inbox.messages(to).map(({ message_id }) => message_id);
  expect(first).toMatch(/^<job-7-[0-9a-f]{16}@[^>]+>$/);
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});

test('a server that cannot be reached fails the job, so that it is tried again', async () => {
  const nobody = await startInbox({ smtp_port: 0, http_port: 0 });
  await nobody.stop();
  const lost = sendMail(withSmtp(nobody.smtp_port), verification(anEmail()), { id: '1', attempt: 1 });
  await expect(lost).rejects.toThrow('ECONNREFUSED');
});

test('without an SMTP server the job finishes and the log says that nothing was sent', async () => {
  const warnings: string[] = [];
  const silent = withSmtp(25, '');
  silent.log = { ...silent.log, warn: (_fields, message) => warnings.push(message) };
  await sendMail(silent, verification(anEmail()), { id: '1', attempt: 1 });
  expect(warnings).toEqual(['EMAIL_SMTP_HOST is empty: this mail is not sent']);
});

test('a template that does not exist fails the job', async () => {
  const wanted = { ...verification(anEmail()), template: '../../.env' };
  await expect(sendMail(shop, wanted, { id: '1', attempt: 1 })).rejects.toThrow('no mail template');
});

test('an order’s mail shows its lines and amounts as the shopper’s locale writes them', async () => {
  const to = anEmail();
  const order = await anOrder(to);
  await sendOrderMail(shop, { order, template: 'order-paid' }, { id: '1', attempt: 1 });
  const [mail] = inbox.messages(to);
  const text = mail!.text.replaceAll('\u00a0', ' ');
  expect(mail!.subject).toBe(`Payment received for order T-${order.slice(0, 8)}`);
  for (const part of ['59,50 €', 'Lamp  2 × 25,00 €  50,00 €', 'VAT  9,50 €', 'Ring 1'])
    expect(text).toContain(part);
});

test('a guest’s link opens the order, a customer’s asks to sign in', async () => {
  const [guest, customer] = [anEmail(), anEmail()];
  const orders = { guest: await anOrder(guest, { is_guest: true }), customer: await anOrder(customer) };
  const job = { id: '1', attempt: 1 };
  await sendOrderMail(shop, { order: orders.guest, template: 'order-placed' }, job);
  await sendOrderMail(shop, { order: orders.customer, template: 'order-placed' }, job);
  const token = deriveToken(shop.env, 'order-token', orders.guest);
  expect(inbox.messages(guest)[0]!.text).toContain(
    `https://nord.example/orders/${orders.guest}#token=${token}`,
  );
  expect(inbox.messages(customer)[0]!.text).toMatch(
    new RegExp(`https://nord.example/orders/${orders.customer}$`, 'm'),
  );
});

test('an order to be paid by hand comes with the shop’s instructions', async () => {
  const to = anEmail();
  await shop.db.raw('update shop_settings set bank_instructions = ?', ['IBAN DE00\nBIC NORD']);
  const order = await anOrder(to, { provider: 'manual' });
  await sendOrderMail(shop, { order, template: 'order-placed' }, { id: '1', attempt: 1 });
  expect(inbox.messages(to)[0]!.text).toContain('How to pay\nIBAN DE00\nBIC NORD');
});

test('an order that is gone needs no mail', async () => {
  const count = inbox.messages().length;
  await sendOrderMail(shop, { order: randomUUID(), template: 'order-paid' }, { id: '1', attempt: 1 });
  expect(inbox.messages()).toHaveLength(count);
});
