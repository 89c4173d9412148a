/** Fields that several objects share, from the parameters that set them. */
import type Stripe from 'stripe';
import { badParameter } from './errors.ts';

/** Left out: stays. Empty: unset. */
export function textField(value: string | null | undefined, current: string | null): string | null {
  if (value === undefined) return current;
  return value === '' ? null : value;
}

/** `metadata[k]=` deletes a key, `metadata=` clears all, other keys stay. */
export function mergeMetadata(
  current: Stripe.Metadata,
  change: Record<string, string | number | null> | '' | null | undefined,
): Stripe.Metadata {
  if (change === undefined) return current;
  if (change === '' || change === null) return {};
  const merged = new Map(Object.entries(current));
  for (const [key, value] of Object.entries(change)) {
    if (value === '' || value === null) merged.delete(key);
    else merged.set(key, String(value));
  }
  return Object.fromEntries(merged);
}

type AddressParams = Partial<Record<keyof Stripe.Address, string | null>>;

export function addressFrom(params: AddressParams): Stripe.Address {
  return {
    city: params.city || null,
    country: params.country || null,
    line1: params.line1 || null,
    line2: params.line2 || null,
    postal_code: params.postal_code || null,
    state: params.state || null,
  };
}

type ShippingParams = {
  address?: AddressParams;
  name: string;
  phone?: string;
  carrier?: string;
  tracking_number?: string;
};

/** Shipping of a payment, with the courier; `customerShipping` is the shorter form customers have. */
export function paymentShipping(params: ShippingParams): Stripe.PaymentIntent.Shipping {
  return {
    ...customerShipping(params),
    carrier: params.carrier || null,
    tracking_number: params.tracking_number || null,
  } as Stripe.PaymentIntent.Shipping;
}

export function customerShipping(params: ShippingParams): Stripe.Customer.Shipping {
  return {
    address: addressFrom(params.address ?? {}),
    name: params.name,
    phone: params.phone || null,
  } as Stripe.Customer.Shipping;
}

/** @throws StripeApiError when a reference to an object is an empty string, which cannot unset it. */
export function refuseEmpty(params: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(params)) {
    if (value === '' && names.includes(name)) {
      throw badParameter(`You passed an empty string for '${name}'.`, name, 'parameter_invalid_empty');
    }
  }
}
