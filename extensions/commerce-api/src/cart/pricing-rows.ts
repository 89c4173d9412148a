/** What a price depends on, as pricing-queries.ts reads it. */
import type { PriceFacts, PromotionFacts, TaxRateFacts } from '../core/price-cart.ts';
import type { ProductKind } from '../core/product-kind.ts';
import type { ShippingMethodFacts, ShippingZoneFacts } from '../core/shipping.ts';
import type { ShopSettings } from '../platform/settings.ts';
import type { CartLineRow, CartRow } from './queries.ts';

export interface PriceRow extends PriceFacts {
  list_name: string | null;
}

export interface VariantRow {
  variant: string;
  sku: string;
  variant_title: string | null;
  option_values: Record<string, string> | null;
  price_minor: number;
  compare_at_price_minor: number | null;
  price_currency: string;
  track_stock: boolean;
  allow_backorder: boolean;
  backorder_limit: number | null;
  max_per_order: number | null;
  /** Announced: until then the variant is a preorder. */
  preorder_ships_at: string | null;
  weight_grams: number | null;
  longest_mm: number | null;
  product: string;
  product_name: string;
  product_slug: string;
  product_kind: ProductKind;
  /** Both it and its product are for sale now; whether it has a price in the cart's currency is another matter. */
  is_published: boolean;
  brand: string | null;
  /** With all ancestors; empty where no promotion at hand asks. */
  categories: string[];
  /** Empty where no promotion at hand asks. */
  tags: string[];
  tax_class: string | null;
  image_file: string | null;
  image_url: string | null;
  prices: PriceRow[];
  /** What a bundle is made of, per unit sold; empty for anything else. */
  parts: PartRow[];
}

export interface PartRow {
  variant: string;
  sku: string;
  title: string;
  quantity: number;
  weight_grams: number | null;
  longest_mm: number | null;
  track_stock: boolean;
  allow_backorder: boolean;
  backorder_limit: number | null;
  preorder_ships_at: string | null;
}

/** Stock of a variant over active locations; that of a bundle's parts is there too. */
export interface StockRow {
  variant: string;
  track_stock: boolean;
  allow_backorder: boolean;
  backorder_limit: number | null;
  /** On hand and not reserved, places in debt counting as none. */
  free: number;
  /** What is promised beyond what is there, at closed locations too. */
  owed: number;
  has_level: boolean;
}

export interface MethodRow extends ShippingMethodFacts {
  description: string | null;
  tax_class: string | null;
  /** Of `pickup`. */
  pickup_location: PickupLocation | null;
}

export interface PickupLocation {
  id: string;
  name: string;
  line1: string | null;
  city: string | null;
  region: string | null;
  postal_code: string | null;
  country: string | null;
}

export interface ShopperRow {
  group: string | null;
  customer_exempt: boolean;
  group_exempt: boolean;
  vat_id: string | null;
  vat_id_status: 'unchecked' | 'valid' | 'invalid';
}

export interface GiftCardRow {
  id: string;
  last4: string;
  currency: string;
  balance_minor: number;
}

export interface PricingRows {
  /** The database's, ISO 8601. */
  now: string;
  settings: ShopSettings;
  default_tax_class: string;
  /** As the request asked; null when there is no such cart, or a new one is asked about. */
  cart: CartRow | null;
  lines: CartLineRow[];
  /** The currency the facts are in, and whether anything is sold in it; a cart's own is not doubted. */
  currency: string;
  is_sold: boolean;
  /** Null for a guest. */
  customer: ShopperRow | null;
  has_ordered_before: boolean;
  variants: VariantRow[];
  stock: StockRow[];
  promotions: PromotionFacts[];
  tax_rates: TaxRateFacts[];
  zones: ShippingZoneFacts<MethodRow>[];
  /** Those named that can pay now. */
  gift_cards: GiftCardRow[];
  store_credit: { id: string; balance_minor: number } | null;
}
