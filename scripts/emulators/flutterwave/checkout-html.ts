/** The looks of the payment page. One document, no scripts, nothing fetched from elsewhere. */
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
  return documentOf(
    `Pay ${amount} ${link.currency}`,
    `<p class="for">${escaped(link.title ?? 'Payment')}</p>
  <h1 class="amount">${amount} <span>${escaped(link.currency)}</span></h1>
  <p class="for">${escaped(link.email)}</p>
  <form method="post">${buttons.join('')}</form>`,
  );
}

export function messagePage(title: string, text: string): string {
  return documentOf(title, `<h1>${escaped(title)}</h1><p>${escaped(text)}</p>`);
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
  <p class="badge">Test mode: no real money moves</p>
  ${content}
</main>
<footer>Payment simulator. It stands in for Flutterwave on this machine and is not Flutterwave.</footer>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #667085; --line: #d5dae3; --paper: #fff; --ground: #f6f5f2;
  --accent: #9a5b00; --accent-ink: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf1; --soft: #98a2b8; --line: #3a4256; --paper: #1a1f2c;
  --ground: #11141d; --accent: #f5b14c; --accent-ink: #11141d; } }
* { box-sizing: border-box; margin: 0; }
body { min-height: 100vh; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 20px;
  padding: 32px 16px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 420px; padding: 32px; background: var(--paper); border: 1px solid var(--line);
  border-radius: 16px; }
.badge { margin-bottom: 20px; color: var(--accent); font-size: 13px; font-weight: 600; }
.for { color: var(--soft); overflow-wrap: anywhere; }
h1 { font-size: 20px; }
.amount { font-size: 36px; line-height: 1.3; }
.amount span { color: var(--soft); font-size: 16px; }
button { display: block; width: 100%; margin-top: 12px; padding: 13px; border: 1px solid var(--line); border-radius: 12px;
  background: none; color: var(--ink); font: inherit; font-weight: 600; cursor: pointer; }
.main { margin-top: 24px; border-color: transparent; background: var(--accent); color: var(--accent-ink); }
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
