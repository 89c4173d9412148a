/** The looks of the shopper's page. One document, no scripts, nothing fetched from elsewhere. */
import { escaped, linkBack, messageDocument, pageDocument } from '../shopper-page.ts';
import type { PageLooks } from '../shopper-page.ts';
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
    return pageDocument(LOOKS, 'Payment', heading + outcome(order, back_to));
  }
  return pageDocument(LOOKS, `Pay ${value} ${currency_code}`, heading + form(order));
}

export function messagePage(title: string, text: string): string {
  return messageDocument(LOOKS, title, text);
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
  return `<h1>${is_good ? 'Payment complete' : 'Payment cancelled'}</h1><p>${text}</p>${linkBack(back_to)}`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #14213a; --soft: #5b6b86; --line: #dfe5ef; --paper: #fff; --ground: #f3f6fb;
  --accent: #1d4fb8; --accent-ink: #fff; --wash: #e8effc; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf5; --soft: #97a5bf; --line: #2d374b; --paper: #182031;
  --ground: #0f1521; --accent: #8fb2ff; --accent-ink: #0f1521; --wash: #22304d; } }
.plain { background: none; color: var(--soft); font-weight: 400; text-decoration: underline; }
small { display: block; font-weight: 400; opacity: .8; }
`;

const LOOKS: PageLooks = { provider: 'PayPal', style: STYLE };
