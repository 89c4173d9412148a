/** Goods that are sold in ways of their own: a set of other goods, money to give away, and what can be ordered before it is made. */
import type { DemoProduct } from './catalogue-types.ts';

export const SPECIAL_PRODUCTS: readonly DemoProduct[] = [
  {
    slug: 'camp-coffee-set',
    name: 'Camp Coffee Set',
    subtitle: 'Stove, kettle and two mugs in one parcel',
    text: [
      'What two people need for coffee where there is no kitchen. Each part is also sold alone; together they cost less.',
    ],
    facts: ['1 Ember Camp Stove', '1 Trail Kettle in ochre', '2 Summit Enamel Mugs in rust'],
    category: 'camp-kitchen',
    brand: 'emberware',
    tags: ['gift', 'new'],
    motif: 'kettle',
    colours: ['Ochre'],
    kind: 'bundle',
    parts: { 'EMBE-CAMP-STOV': 1, 'TRAI-KETT-OCHR': 1, 'SUMM-ENAM-MUG-RUST': 2 },
    price_minor: 13900,
    compare_at_price_minor: 15500,
    weight_grams: 1410,
    related: ['ember-camp-stove', 'trail-kettle', 'summit-enamel-mug'],
    german: {
      name: 'Kaffee-Set für draußen',
      subtitle: 'Kocher, Kessel und zwei Becher in einem Paket',
      text: [
        'Was zwei für ihren Kaffee brauchen, wo es keine Küche gibt. Jedes Teil gibt es auch allein; zusammen kosten sie weniger.',
      ],
    },
  },
  {
    slug: 'gift-card',
    name: 'Gift Card',
    subtitle: 'For those who would rather choose themselves',
    text: [
      'A code by mail, as soon as the order is paid. It can be spent in several orders and does not run out.',
    ],
    facts: ['Arrives by mail', 'Spend it at once or bit by bit'],
    category: 'gift-cards',
    brand: 'fernwick',
    tags: ['gift'],
    motif: 'gift-card',
    colours: ['Pine'],
    sizes: { option: 'Amount', values: ['25', '50', '100'] },
    kind: 'gift_card',
    price_minor: { 25: 2500, 50: 5000, 100: 10000 },
    euro_price_minor: { 25: 2500, 50: 5000, 100: 10000 },
    weight_grams: 0,
    german: {
      name: 'Gutschein',
      subtitle: 'Für alle, die lieber selbst aussuchen',
      text: [
        'Ein Code per Mail, sobald die Bestellung bezahlt ist. Er lässt sich auf mehrere Bestellungen verteilen und läuft nicht ab.',
      ],
    },
  },
  {
    slug: 'aurora-lantern',
    name: 'Aurora Lantern',
    subtitle: 'Dims with a turn, runs for a week',
    text: [
      'The successor to a lantern we have repaired for ten years. Moss is being painted now: order it, and it leaves first.',
    ],
    facts: ['Up to 160 hours on one charge', 'Every part can be bought singly'],
    category: 'light-and-seats',
    brand: 'fernwick',
    tags: ['new', 'repairable'],
    motif: 'lantern',
    colours: ['Ink', 'Moss'],
    price_minor: 8400,
    weight_grams: 590,
    stock: { Ink: 64, Moss: 0 },
    preorder: { Moss: 40 },
    related: ['harbour-lantern'],
  },
];
