/** The looks of the payment page. One document, no scripts, nothing fetched from elsewhere. */
import { escaped, messageDocument, pageDocument } from '../shopper-page.ts';
import type { PageLooks } from '../shopper-page.ts';
import { digitsOf, majorOf } from './amounts.ts';
import type { LinkRecord } from './books.ts';

const CHOICES = [
  { outcome: 'successful', label: 'Pay', kind: 'main' },
  { outcome: 'failed', label: 'Let the payment fail', kind: 'other' },
  { outcome: 'pending', label: 'Leave it pending', kind: 'other' },
  { outcome: 'cancelled', label: 'Cancel', kind: 'other' },
] as const;

export function paymentPage(link: LinkRecord): string {
  const amount = majorOf(link.amount_minor, link.currency).toFixed(digitsOf(link.currency));
  const buttons = CHOICES.map(
    ({ outcome, label, kind }) =>
      `<button class="${kind}" name="outcome" value="${outcome}">${label}${kind === 'main' ? ` ${amount} ${link.currency}` : ''}</button>`,
  );
  return pageDocument(
    LOOKS,
    `Pay ${amount} ${link.currency}`,
    `<p class="for">${escaped(link.title ?? 'Payment')}</p>
  <h1 class="amount">${amount} <span>${escaped(link.currency)}</span></h1>
  <p class="for">${escaped(link.email)}</p>
  <form method="post">${buttons.join('')}</form>`,
  );
}

export function messagePage(title: string, text: string): string {
  return messageDocument(LOOKS, title, text);
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #667085; --line: #d5dae3; --paper: #fff; --ground: #f6f5f2;
  --accent: #9a5b00; --accent-ink: #fff; --wash: #fbf1e0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf1; --soft: #98a2b8; --line: #3a4256; --paper: #1a1f2c;
  --ground: #11141d; --accent: #f5b14c; --accent-ink: #11141d; --wash: #3b2f1a; } }
.main { margin-top: 24px; }
`;

const LOOKS: PageLooks = { provider: 'Flutterwave', style: STYLE };
