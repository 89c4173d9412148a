/**
 * The shipping rate port: what carriers ask for a parcel. Amounts are integers in the minor unit of `currency`, as the shop
 * shows prices: with tax where its prices include it. Never called inside a transaction.
 */

export interface RateRequest {
  currency: string;
  destination: {
    country: string;
    region: string | null;
    postal_code: string | null;
    city: string;
    line1: string;
    line2: string | null;
    company: string | null;
  };
  parcel: {
    /** The goods that ship, after their discounts. */
    subtotal_minor: number;
    quantity: number;
    /** Null where the weight of some is not known. */
    weight_grams: number | null;
    longest_mm: number;
  };
  items: { sku: string; quantity: number; weight_grams: number | null }[];
  /** What the shop offers to this address, by the id of its method. */
  methods: { method: string; carrier: string; service: string | null }[];
}

export interface ShippingRate {
  /** One of those asked about; what is not answered is not offered. */
  method: string;
  amount_minor: number;
  /** The carrier's estimate; null leaves that of the method. */
  min_days: number | null;
  max_days: number | null;
}

export interface ShippingRates {
  name: string;
  /** @throws ShippingRatesError when there is no answer that can be used */
  quote: (request: RateRequest) => Promise<ShippingRate[]>;
}

export class ShippingRatesError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'ShippingRatesError';
  }
}
