/** “How Kontor calculates”: the rules of money as an accountant reads them, with the examples that are tested. */
import { formatMinor } from '../core/money.ts';
import { escaped } from './escaped.ts';
import { rulesPage, type RuleSection } from './rules-page.ts';
import { WORKED_EXAMPLES, type WorkedExample } from './worked-examples.ts';

const RULES: readonly RuleSection[] = [
  {
    title: 'Money and rounding',
    rules: [
      {
        question: 'What an amount is',
        answer:
          'A whole number of the currency’s smallest unit: cents, yen, thousandths of a dinar. Nothing in between is ever stored, added up or charged.',
      },
      {
        question: 'Rounding',
        answer: 'Half up, to the smallest unit, once per computed amount; a refund rounds as its charge did.',
      },
      {
        question: 'Sharing one amount over several lines',
        answer:
          'In proportion, rounded down; the units left over go one each to the largest remainders. Shares always add up to the whole.',
      },
      {
        question: 'Currencies',
        answer:
          'A cart has one. Nothing is converted: what has no price in it cannot be bought in it, and says so.',
      },
    ],
  },
  {
    title: 'The price of one unit',
    rules: [
      {
        question: 'Which price counts',
        answer:
          'The variant’s own, or its tier for the quantity; a running override list of the shopper’s group replaces it, even by a higher one; a sale list only ever lowers it. Among lists of a kind the higher priority, then the lower amount. The quote names the reason.',
      },
      {
        question: 'Prices with tax, and another rate at the destination',
        answer:
          'The price stays and contains the destination’s tax. With “keep net prices” the net price stays instead, and the price is gross × (1 + destination rate) ÷ (1 + home rate).',
      },
      {
        question: 'Who pays no tax',
        answer:
          'Exempt customers and groups, and businesses with a valid VAT id in another EU country where reverse charge is on. They pay the price without the tax that would have applied.',
      },
    ],
  },
  {
    title: 'Promotions',
    rules: [
      {
        question: 'Order',
        answer:
          'Discounts on lines, then on the order, then on shipping, then tax on what is left. No discount makes a line, an order or shipping negative. Gift cards are never discounted.',
      },
      {
        question: 'Percentages',
        answer: 'Of all eligible goods together, rounded once, then shared over the lines.',
      },
      {
        question: 'A fixed amount',
        answer: 'Once over the eligible goods, or off each unit, never below zero.',
      },
      { question: 'Buy X get Y', answer: 'The cheapest eligible units are given.' },
      {
        question: 'Price for a set, tiers',
        answer:
          'As many sets as the goods make, and never dearer than the goods alone; of tiers the highest that is reached.',
      },
      {
        question: 'Minimums',
        answer:
          'Look at the goods a promotion is for, before discounts, or at the whole cart where it says so. Gift cards never count.',
      },
      {
        question: 'Several at once',
        answer:
          'Of those that cannot be combined the shopper gets the best single one; stackable ones come on top by priority. A set of promotions that would cost more than another is not given.',
      },
      {
        question: 'Limits',
        answer:
          'Uses and budgets are counted when the order is placed, and given back when it is cancelled or expires. A discount that no longer fits its budget is not given at all.',
      },
    ],
  },
  {
    title: 'Shipping, tax and totals',
    rules: [
      {
        question: 'Free above',
        answer: 'Compared with the goods after their discounts, as the shopper sees them.',
      },
      {
        question: 'Tax',
        answer:
          'Per line, on what its discounts left, and on shipping. The summary per rate is the sum of its lines, so it agrees with them to the cent.',
      },
      {
        question: 'Total',
        answer:
          'Subtotal − discounts + shipping + tax where prices are without tax; subtotal − discounts + shipping where they contain it.',
      },
      {
        question: 'Gift cards and store credit',
        answer: 'Are means of payment: they lower what is left to pay, never the total or its tax.',
      },
      {
        question: 'Orders that are edited',
        answer:
          'Lines keep their unit price, tax rate and discount per unit; what is added is priced as of now, without promotions; shipping stays. The difference is asked for, or given back.',
      },
      {
        question: 'Refunds of some units',
        answer:
          'The share of the line’s total up to and with these units, less the share before them: taken one by one, the units give back exactly what the line cost.',
      },
    ],
  },
];

/** Paths in the page are relative to `base`. */
export function calculationPage(base: string): string {
  return rulesPage(base, {
    title: 'How Kontor calculates',
    lead: `The rules behind every amount, in the order they apply, and one worked example per kind of price. Carts,
checkouts and edits of orders all go through this one calculation.`,
    sections: RULES,
    more: `<h2>Worked examples</h2>
<p class="goods">An automatic promotion takes 10 % off everything; shipping costs a flat amount and is taxed at the standard rate.</p>
${WORKED_EXAMPLES.map(exampleHtml).join('\n')}`,
  });
}

function exampleHtml({ title, facts, goods, steps }: WorkedExample): string {
  const rows = steps.map(
    ({ what, how, result }) =>
      `<tr><td>${escaped(what)}</td><td>${escaped(how)}</td><td>${escaped(result)}</td></tr>`,
  );
  return `<h3>${escaped(title)}</h3>
<p class="goods">${escaped(goods.join(', '))}; shipping ${escaped(shippingText(facts))}. All in ${facts.currency}.</p>
<table>
<thead><tr><th>Step</th><th>Reckoned</th><th>Result</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

function shippingText({ shipping, currency }: WorkedExample['facts']): string {
  return shipping ? formatMinor(shipping.amount_minor, currency) : 'none';
}
