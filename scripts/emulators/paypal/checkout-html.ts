/** The looks of the shopper's page. One document, no scripts, nothing fetched from elsewhere. */
import { moneyOf } from './amounts.ts';
import type { OrderRecord } from './books.ts';

export type PaymentView = {
  order: OrderRecord;
  /** The shop's address, once there is nothing more to do here. */
  back_to: string | null;
};

const DECISIONS: { decision: string; label: string; says: string }[] = [
  { decision: 'approve', label: 'Approve', says: 'The shop can take the money' },
  {
    decision: 'approve_declined',
    label: 'Approve with a declined card',
    says: 'The bank refuses when the shop takes it',
  },
  {
    decision: 'approve_pending',
    label: 'Approve, and the payment is held for review',
    says: 'It stays pending for a while',
  },
];

export function paymentPage({ order, back_to }: PaymentView): string {
  const { value, currency_code } = moneyOf(order.amount_minor, order.currency);
  const heading = `
    <p class="for">${escaped(order.description ?? 'Payment')}</p>
    <p class="amount">${escaped(value)} <span>${escaped(currency_code)}</span></p>`;
  if (order.status === 'COMPLETED' || order.status === 'VOIDED') {
    return documentOf('Payment', heading + outcome(order, back_to));
  }
  return documentOf(`Pay ${value} ${currency_code}`, heading + form(order));
}

export function messagePage(title: string, text: string): string {
  return documentOf(title, `<h1>${escaped(title)}</h1><p>${escaped(text)}</p>`);
}

function form({ id, status }: OrderRecord): string {
  const buttons = DECISIONS.map(
    ({ decision, label, says }, index) => `
      <button class="${index === 0 ? 'main' : 'other'}" name="decision" value="${decision}">${label}<small>${says}</small></button>`,
  );
  const again =
    status === 'APPROVED'
      ? '<p>You have approved already. You can choose again until the shop takes the money.</p>'
      : '';
  return `
    ${again}
    <form method="post" action="/checkoutnow?token=${escaped(id)}">
      ${buttons.join('')}
      <button class="plain" name="decision" value="cancel">Cancel and return to the shop</button>
    </form>`;
}

function outcome({ status }: OrderRecord, back_to: string | null): string {
  const is_good = status === 'COMPLETED';
  const text = is_good
    ? 'The shop has your payment. You can close this page.'
    : 'The shop has given this payment up.';
  const back = back_to
    ? `<a class="main" href="${escaped(back_to)}" rel="noreferrer">Back to the shop</a>`
    : '';
  return `<h1>${is_good ? 'Payment complete' : 'Payment cancelled'}</h1><p>${text}</p>${back}`;
}

function documentOf(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
  <p class="badge">Test mode <span>no real money moves</span></p>
  ${content}
</main>
<footer>Payment simulator. It stands in for PayPal on this machine and is not PayPal.</footer>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #14213a; --soft: #5b6b86; --line: #dfe5ef; --paper: #fff; --ground: #f3f6fb;
  --accent: #1d4fb8; --accent-ink: #fff; --wash: #e8effc; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf5; --soft: #97a5bf; --line: #2d374b; --paper: #182031;
  --ground: #0f1521; --accent: #8fb2ff; --accent-ink: #0f1521; --wash: #22304d; } }
* { box-sizing: border-box; margin: 0; }
body { min-height: 100vh; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 20px;
  padding: 32px 16px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, sans-serif; }
main { width: 100%; max-width: 440px; padding: 32px; background: var(--paper); border: 1px solid var(--line);
  border-radius: 16px; box-shadow: 0 12px 40px rgb(17 20 29 / 8%); }
.badge { display: inline-block; margin-bottom: 24px; padding: 2px 10px; border-radius: 99px; background: var(--wash);
  color: var(--accent); font-size: 13px; font-weight: 600; }
.badge span { font-weight: 400; }
.for { color: var(--soft); overflow-wrap: anywhere; }
.amount { margin-bottom: 16px; font-size: 40px; font-weight: 700; letter-spacing: -.02em; line-height: 1.2; }
.amount span { color: var(--soft); font-size: 16px; font-weight: 500; letter-spacing: 0; }
h1 { margin-bottom: 6px; font-size: 20px; }
.main, .other, .plain { display: block; width: 100%; margin-top: 12px; padding: 12px; border: 1px solid transparent;
  border-radius: 12px; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
.main { background: var(--accent); color: var(--accent-ink); }
.other { border-color: var(--line); background: none; color: var(--ink); }
.plain { background: none; color: var(--soft); font-weight: 400; text-decoration: underline; }
small { display: block; font-weight: 400; opacity: .8; }
.main:hover, .other:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
footer { color: var(--soft); font-size: 13px; text-align: center; }
`;

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
