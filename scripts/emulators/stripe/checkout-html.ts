/** The looks of the pages a shopper sees. One document each, no scripts, nothing fetched from elsewhere. */
import { escaped, linkBack, messageDocument, pageDocument } from '../shopper-page.ts';
import type { PageLooks } from '../shopper-page.ts';
import { formatAmount } from './amounts.ts';
import { findTestBank } from './test-banks.ts';
import { findTestCard } from './test-cards.ts';

export type PageView = {
  /** What it is for. */
  title: string;
  /** Null where nothing is paid. */
  amount: { minor: number; currency: string } | null;
  /** Whether a bank account can pay it, too: not what is captured later. */
  takes_banks: boolean;
  /** `open`: a card can be chosen. `bank`: the bank asks first. */
  state: 'open' | 'bank' | 'over';
  /** What is said once it is over. */
  outcome: { mark: 'good' | 'bad'; title: string; text: string };
  /** Why the last card was refused. */
  error: string | null;
  /** Where the forms are posted to. */
  action: string;
  /** Of the card that was chosen. */
  last4: string | null;
  /** The shop's address, once there is nothing more to do here. */
  back_to: string | null;
  /** The shop's address for a shopper who gives up, where it gave one. */
  cancel_to: string | null;
};

type Offer = { method: string; label: string; outcome: string };

const CARDS: Offer[] = [
  { method: 'pm_card_visa', label: 'Visa', outcome: 'Accepted at once' },
  { method: 'pm_card_mastercard', label: 'Mastercard', outcome: 'Accepted at once' },
  { method: 'pm_card_threeDSecure2Required', label: 'Visa', outcome: 'Asks your bank first (3-D Secure)' },
  { method: 'pm_card_visa_chargeDeclined', label: 'Visa', outcome: 'Declined' },
  { method: 'pm_card_visa_chargeDeclinedInsufficientFunds', label: 'Visa', outcome: 'Insufficient funds' },
  { method: 'pm_card_chargeDeclinedExpiredCard', label: 'Visa', outcome: 'Expired card' },
];
const DISPUTED: Offer = { method: 'pm_card_createDispute', label: 'Visa', outcome: 'Pays, then disputes it' };
const BANKS: Record<string, Offer> = {
  eur: { method: 'pm_success_de', label: 'SEPA debit', outcome: 'Takes days to arrive' },
  usd: { method: 'pm_usBankAccount_success', label: 'Bank account', outcome: 'Takes days to arrive' },
};

export function pageOfView(view: PageView): string {
  const amount = view.amount && formatAmount(view.amount.minor, view.amount.currency);
  const heading = `
    <p class="for">${escaped(view.title)}</p>
    ${view.amount ? `<p class="amount">${escaped(amount ?? '')} <span>${escaped(view.amount.currency.toUpperCase())}</span></p>` : ''}`;
  const button = amount === null ? 'Save card' : `Pay ${amount}`;
  switch (view.state) {
    case 'open':
      return pageDocument(LOOKS, button, heading + cardForm(view, button));
    case 'bank':
      return pageDocument(LOOKS, 'Confirm with your bank', heading + bankForm(view));
    case 'over':
      return pageDocument(LOOKS, amount === null ? 'Card' : 'Payment', heading + outcome(view));
  }
}

export function messagePage(title: string, text: string): string {
  return messageDocument(LOOKS, title, text);
}

function cardForm(view: PageView, button: string): string {
  const offers = offersFor(view).map(({ method, label, outcome: says }, index) => {
    return `
      <label class="card">
        <input type="radio" name="card" value="${escaped(method)}"${index === 0 ? ' checked' : ''}>
        <span class="brand">${escaped(label)}</span>
        <span class="number">${escaped(numberOf(method))}</span>
        <span class="says">${escaped(says)}</span>
      </label>`;
  });
  const cancel = view.cancel_to
    ? `<a class="other" href="${escaped(view.cancel_to)}" rel="noreferrer">Back to the shop without paying</a>`
    : '';
  return `
    ${view.error ? `<p class="error" role="alert">${escaped(view.error)} Choose another card.</p>` : ''}
    <form method="post" action="${escaped(view.action)}">
      <fieldset><legend>Choose a test card</legend>${offers.join('')}</fieldset>
      <button class="main">${escaped(button)}</button>
    </form>
    ${cancel}`;
}

/** Banks take days, and disputes need money: where none is paid there are cards only. */
function offersFor({ amount, takes_banks }: PageView): Offer[] {
  if (!amount) return CARDS;
  const bank = takes_banks ? BANKS[amount.currency] : undefined;
  return [...CARDS, DISPUTED, ...(bank ? [bank] : [])];
}

function numberOf(method: string): string {
  const number = findTestCard(method)?.number;
  if (number === undefined) return `… ${findTestBank(method)?.last4 ?? ''}`;
  return number.replace(/(\d{4})(?=\d)/g, '$1 ');
}

function bankForm({ action, last4, amount }: PageView): string {
  const what = amount ? 'payment' : 'card';
  return `
    <section class="bank">
      <h1>Is this you?</h1>
      <p>Your bank asks you to confirm this ${what}${last4 ? ` with the card ending in <b>${escaped(last4)}</b>` : ''}.</p>
      <form method="post" action="${escaped(action)}">
        <button class="main" name="decision" value="approve">Approve ${what}</button>
        <button class="other" name="decision" value="decline">Decline</button>
      </form>
    </section>`;
}

function outcome({ outcome: { mark, title, text }, back_to }: PageView): string {
  return `
    <section class="outcome">
      <div class="mark ${mark}">${mark === 'good' ? '✓' : '×'}</div>
      <h1>${title}</h1>
      <p>${text}</p>
      ${linkBack(back_to)}
    </section>`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #667085; --line: #e2e6ee; --paper: #fff; --ground: #f4f5f9;
  --accent: #4f46e5; --accent-ink: #fff; --wash: #eef0ff; --bad: #b42318; --bad-wash: #fef3f2; --good: #067647; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf1; --soft: #98a2b8; --line: #303749; --paper: #1a1f2c;
  --ground: #11141d; --accent: #8b85ff; --accent-ink: #11141d; --wash: #252a45; --bad: #ff9b91; --bad-wash: #3a1f20;
  --good: #62d5a0; } }
.amount { margin-bottom: 24px; }
fieldset { padding: 0; border: 0; }
legend { margin-bottom: 8px; font-weight: 600; }
.card { display: grid; grid-template-columns: auto 1fr auto; gap: 0 12px; align-items: center; padding: 12px 14px;
  border: 1px solid var(--line); cursor: pointer; }
.card + .card { margin-top: -1px; }
.card:first-of-type { border-radius: 12px 12px 0 0; }
.card:last-of-type { border-radius: 0 0 12px 12px; }
.card:has(:checked) { position: relative; border-color: var(--accent); background: var(--wash); }
.card input { grid-row: span 2; width: 18px; height: 18px; accent-color: var(--accent); }
.brand { font-weight: 600; }
.number { font-variant-numeric: tabular-nums; font-size: 14px; }
.says { grid-column: 2 / -1; color: var(--soft); font-size: 14px; }
.main { margin-top: 20px; }
.error { margin-bottom: 20px; padding: 12px 14px; border-radius: 12px; background: var(--bad-wash); color: var(--bad); }
.bank, .outcome { padding-top: 24px; border-top: 1px solid var(--line); }
.outcome { text-align: center; }
.mark { width: 56px; height: 56px; margin: 0 auto 12px; border-radius: 50%; background: var(--good); color: var(--paper);
  font-size: 30px; line-height: 56px; }
.mark.bad { background: var(--bad); }
`;

const LOOKS: PageLooks = { provider: 'Stripe', style: STYLE };
