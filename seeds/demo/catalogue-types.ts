/** How the demo catalogue is written down. `apply-demo.ts` turns it into rows. */
import type { Colour } from './colours.ts';
import type { Motif } from './illustrations.ts';

export interface DemoProduct {
  /** Never changes: ids follow from it. */
  slug: string;
  name: string;
  subtitle: string;
  /** Paragraphs of the description. */
  text: string[];
  /** Its bullet points. */
  facts: string[];
  category: string;
  brand: string;
  tags: string[];
  motif: Motif;
  /** With one colour there is no choice; with several, `Colour` is an option and each has a picture. */
  colours: Colour[];
  /** A second option, or the only one. */
  sizes?: { option: string; values: string[] };
  /** Whole price in US cents, for every variant or by value of the second option. */
  price_minor: number | Record<string, number>;
  /** In euro cents, where it does not follow from `price_minor`. */
  euro_price_minor?: Record<string, number>;
  /** What it used to cost: shown struck through. */
  compare_at_price_minor?: number;
  /** Its price in the list "Autumn sale", instead of `price_minor`. */
  sale_price_minor?: number;
  weight_grams: number;
  /** Units in all locations together, for every variant or by `Colour/Size`; others follow a fixed pattern. */
  stock?: number | Record<string, number>;
  allow_backorder?: true;
  /** How many more may be sold than there are, where that is allowed at all. */
  backorder_limit?: number;
  /** Values of the first option that are sold before they are there, and how many of each at most. */
  preorder?: Record<string, number>;
  kind?: 'digital' | 'bundle' | 'gift_card';
  /** Of a bundle: how many of which SKUs one unit is made of. */
  parts?: Record<string, number>;
  status?: 'draft' | 'archived';
  tax_class?: 'reduced';
  featured?: true;
  related?: string[];
  german?: { name: string; subtitle: string; text: string[] };
}

export interface DemoCategory {
  slug: string;
  name: string;
  description: string;
  parent?: string;
  motif: Motif;
  colour: Colour;
  german: { name: string; description: string };
}

export interface DemoReview {
  product: string;
  rating: 1 | 2 | 3 | 4 | 5;
  title: string;
  body: string;
  author_name: string;
}
