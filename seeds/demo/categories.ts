/** Departments, brands and tags of the demo shop. */
import type { DemoCategory } from './catalogue-types.ts';

export const CATEGORIES: readonly DemoCategory[] = [
  {
    slug: 'outdoor',
    name: 'Outdoor',
    description: 'Everything for a night under canvas, or a day above the tree line.',
    motif: 'tent',
    colour: 'Moss',
    german: {
      name: 'Draußen',
      description: 'Alles für eine Nacht im Zelt oder einen Tag über der Baumgrenze.',
    },
  },
  {
    slug: 'tents-and-sleeping',
    parent: 'outdoor',
    name: 'Tents & Sleeping',
    description: 'Tents, tarps, hammocks, and what keeps you warm in them.',
    motif: 'tunnel-tent',
    colour: 'Rust',
    german: {
      name: 'Zelte & Schlafen',
      description: 'Zelte, Planen, Hängematten und alles, was darin warm hält.',
    },
  },
  {
    slug: 'packs-and-bags',
    parent: 'outdoor',
    name: 'Packs & Bags',
    description: 'From the pocket on your hip to the pack for a fortnight.',
    motif: 'trek-pack',
    colour: 'Slate',
    german: {
      name: 'Rucksäcke & Taschen',
      description: 'Von der Hüfttasche bis zum Rucksack für zwei Wochen.',
    },
  },
  {
    slug: 'camp-kitchen',
    parent: 'outdoor',
    name: 'Camp Kitchen',
    description: 'Stoves, pots and flasks for coffee with a view.',
    motif: 'kettle',
    colour: 'Ochre',
    german: { name: 'Campingküche', description: 'Kocher, Töpfe und Flaschen für Kaffee mit Aussicht.' },
  },
  {
    slug: 'light-and-seats',
    parent: 'outdoor',
    name: 'Light & Seats',
    description: 'Lanterns for long evenings and a place to sit through them.',
    motif: 'lantern',
    colour: 'Ink',
    german: {
      name: 'Licht & Sitze',
      description: 'Laternen für lange Abende und ein Platz, sie auszusitzen.',
    },
  },
  {
    slug: 'maps-and-guides',
    parent: 'outdoor',
    name: 'Maps & Guides',
    description: 'Paper, files and a needle that points north.',
    motif: 'map',
    colour: 'Sea',
    german: {
      name: 'Karten & Führer',
      description: 'Papier, Dateien und eine Nadel, die nach Norden zeigt.',
    },
  },
  {
    slug: 'clothing',
    name: 'Clothing',
    description: 'Plain, hard-wearing clothes that look better in their third year.',
    motif: 'jumper',
    colour: 'Rust',
    german: {
      name: 'Kleidung',
      description: 'Schlichte, haltbare Kleidung, die im dritten Jahr am besten aussieht.',
    },
  },
  {
    slug: 'jackets-and-vests',
    parent: 'clothing',
    name: 'Jackets & Vests',
    description: 'Layers for rain, wind and the first frost.',
    motif: 'jacket',
    colour: 'Ochre',
    german: { name: 'Jacken & Westen', description: 'Schichten gegen Regen, Wind und den ersten Frost.' },
  },
  {
    slug: 'tops-and-knitwear',
    parent: 'clothing',
    name: 'Tops & Knitwear',
    description: 'Jumpers, shirts and tees in wool and heavy cotton.',
    motif: 'longsleeve',
    colour: 'Ink',
    german: {
      name: 'Oberteile & Strick',
      description: 'Pullover, Hemden und Shirts aus Wolle und schwerer Baumwolle.',
    },
  },
  {
    slug: 'hats-and-socks',
    parent: 'clothing',
    name: 'Hats, Gloves & Socks',
    description: 'The small things you miss most when they are at home.',
    motif: 'beanie',
    colour: 'Berry',
    german: {
      name: 'Mützen, Handschuhe & Socken',
      description: 'Die kleinen Dinge, die am meisten fehlen, wenn sie zu Hause liegen.',
    },
  },
  {
    slug: 'home',
    name: 'Home',
    description: 'Honest materials for the rooms you come back to.',
    motif: 'vase',
    colour: 'Clay',
    german: { name: 'Zuhause', description: 'Ehrliche Materialien für die Räume, in die man zurückkehrt.' },
  },
  {
    slug: 'blankets-and-textiles',
    parent: 'home',
    name: 'Blankets & Textiles',
    description: 'Wool, linen and cotton for sofas, beds and floors.',
    motif: 'blanket',
    colour: 'Berry',
    german: {
      name: 'Decken & Textilien',
      description: 'Wolle, Leinen und Baumwolle für Sofa, Bett und Boden.',
    },
  },
  {
    slug: 'kitchen-and-table',
    parent: 'home',
    name: 'Kitchen & Table',
    description: 'Stoneware, oak and iron that earn their place on the shelf.',
    motif: 'teapot',
    colour: 'Sea',
    german: {
      name: 'Küche & Tisch',
      description: 'Steinzeug, Eiche und Eisen, die ihren Platz im Regal verdienen.',
    },
  },
  {
    slug: 'living',
    parent: 'home',
    name: 'Living',
    description: 'Candles, baskets and the quiet tick of a clock.',
    motif: 'candle',
    colour: 'Slate',
    german: { name: 'Wohnen', description: 'Kerzen, Körbe und das leise Ticken einer Uhr.' },
  },
  {
    slug: 'garden',
    parent: 'home',
    name: 'Garden',
    description: 'Pots, tools and seeds for a yard, a balcony or a window sill.',
    motif: 'watering-can',
    colour: 'Moss',
    german: { name: 'Garten', description: 'Töpfe, Werkzeug und Samen für Hof, Balkon oder Fensterbank.' },
  },
  {
    slug: 'gift-cards',
    name: 'Gift Cards',
    description: 'For those who would rather choose themselves.',
    motif: 'gift-card',
    colour: 'Rust',
    german: { name: 'Gutscheine', description: 'Für alle, die lieber selbst aussuchen.' },
  },
];

export const BRANDS: readonly { slug: string; name: string; description: string }[] = [
  {
    slug: 'fernwick',
    name: 'Fernwick',
    description: 'Our own label: basics, made to our drawings and mended in our workshop.',
  },
  {
    slug: 'tarnhelm',
    name: 'Tarnhelm',
    description: 'Tents and sleeping gear from a four-person workshop beside a lake.',
  },
  {
    slug: 'holt-and-hare',
    name: 'Holt & Hare',
    description: 'Packs and bags in waxed canvas and recycled nylon.',
  },
  {
    slug: 'emberware',
    name: 'Emberware',
    description: 'Stoves, enamel and steel for cooking where there is no kitchen.',
  },
  { slug: 'skerry', name: 'Skerry', description: 'Rainwear and knitwear for people who live by the sea.' },
  {
    slug: 'loam-and-linen',
    name: 'Loam & Linen',
    description: 'Textiles woven from wool, linen and nothing else.',
  },
  { slug: 'kilnfield', name: 'Kilnfield', description: 'Stoneware thrown, glazed and fired under one roof.' },
  { slug: 'oakhollow', name: 'Oakhollow', description: 'Things of wood for the house and the garden.' },
];

/** Tags by slug. */
export const TAGS: Readonly<Record<string, string>> = {
  bestseller: 'Bestseller',
  new: 'New',
  gift: 'Gift idea',
  waterproof: 'Waterproof',
  wool: 'Wool',
  recycled: 'Recycled',
  handmade: 'Handmade',
  lightweight: 'Lightweight',
  repairable: 'Repairable',
};
