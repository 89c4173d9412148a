/** “How Kontor recommends”: where related products come from, as merchants and developers ask. */
import { rulesPage, type RuleSection } from './rules-page.ts';

const RULES: readonly RuleSection[] = [
  {
    title: 'What goes with a product',
    rules: [
      {
        question: 'What comes first',
        answer:
          'What the merchant linked (accessory, upsell, similar), in the merchant’s order; then what is bought together; then what is similar; then, where that is too little, what sells in its smallest category and in the shop. Each product once, with the reason why it is there.',
      },
      {
        question: 'What is never there',
        answer:
          'Anything shoppers cannot see at this moment, or that has no price in their currency, whatever it was computed from.',
      },
    ],
  },
  {
    title: 'Bought together',
    rules: [
      {
        question: 'What counts',
        answer:
          'Products of one order that was accepted or paid and not cancelled, without units that were returned or refunded; of the two years before the latest order.',
      },
      {
        question: 'How much a basket counts',
        answer:
          'One, divided by the number of its products: a wholesaler’s order of three hundred lines says little of any two of them. Half as much for every 120 days of age. Of a basket fifty products are looked at.',
      },
      {
        question: 'The score',
        answer:
          'What the baskets with both count, divided by what those with the product count and by how much the other is bought at all, to the power of 0.2, so that what everybody buys does not lead every list. Baskets are doubted while they are few: n of them count n ÷ (n + 3), and one alone is chance.',
      },
      {
        question: 'When',
        answer: 'Every night, and after an import of history. The best twenty-four are kept.',
      },
    ],
  },
  {
    title: 'Similar',
    rules: [
      {
        question: 'What is compared',
        answer:
          'The words of the name in the shop’s own language, categories and tags, and at less weight the brand and the values of options. Rare ones count more (TF-IDF), and the score is the cosine: 1 for two that are made of the same.',
      },
      {
        question: 'When',
        answer:
          'Within five minutes of a change: the product’s own list, and those of others it now belongs into or leaves. It needs no order, so a product that nobody bought yet is recommended, too.',
      },
    ],
  },
  {
    title: 'Popular now',
    rules: [
      {
        question: 'The score',
        answer:
          'Each order of a product counts 1 + ln(units), since ten units in one order are not ten customers, and half as much for every fourteen days.',
      },
      {
        question: 'When',
        answer:
          'Every hour, for what sold or was taken back meanwhile. Lists are sorted by it (sort=popular), and search prefers it a little.',
      },
    ],
  },
  {
    title: 'Whether it is any good',
    rules: [
      {
        question: 'How it is measured',
        answer:
          'On a real shop’s orders: learned from those before a day, and tried on the baskets from then on. Given one product of a basket, is another of it among the ten? npm run bench -- recommendations tells, beside simpler ways.',
      },
    ],
  },
];

/** Paths in the page are relative to `base`. */
export function recommendationPage(base: string): string {
  return rulesPage(base, {
    title: 'How Kontor recommends',
    lead: 'Related products are worked out from the shop’s own orders and catalogue. Nothing about a single customer is used or shown.',
    sections: RULES,
    more: '',
  });
}
