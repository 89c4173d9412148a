/** Customers, and what stays of them when they are deleted. */
import type Stripe from 'stripe';
import { newId, noSuchCustomer, requireCustomer, unixNow } from './books.ts';
import type { CustomerObject } from './books.ts';
import { refuseUnsimulated } from './call.ts';
import type { Call } from './call.ts';
import { addressFrom, customerShipping, mergeMetadata, textField } from './fields.ts';
import { pageOf } from './list-page.ts';
import type { List, PageParams } from './list-page.ts';
import { attachTo, detach, resolveMethod } from './payment-methods.ts';

const SIMULATED = [
  'address',
  'balance',
  'description',
  'email',
  'invoice_settings',
  'metadata',
  'name',
  'payment_method',
  'phone',
  'preferred_locales',
  'shipping',
  'tax_exempt',
];

export function createCustomer(call: Call): Stripe.Customer {
  refuseUnsimulated(call.params, SIMULATED);
  const params = call.params as Stripe.CustomerCreateParams;
  const customer: Stripe.Customer = {
    id: newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: unixNow(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    email: null,
    invoice_prefix: newId('x').slice(-8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
  applyParams(customer, params);
  const method = params.payment_method ? resolveMethod(call.books, params.payment_method, 'parameter') : null;
  // A declined card must leave no customer behind, so it is attached before anything is written.
  if (method) attachTo(call, method, customer);
  call.books.customers.set(customer.id, customer);
  call.emit('customer.created', customer);
  return customer;
}

/** A deleted customer is answered as such, not with 404. */
export function retrieveCustomer(call: Call): CustomerObject {
  const id = call.path['customer'] ?? '';
  const customer = call.books.customers.get(id);
  if (!customer) throw noSuchCustomer(id);
  return customer;
}

export function updateCustomer(call: Call): Stripe.Customer {
  refuseUnsimulated(call.params, SIMULATED);
  const customer = requireCustomer(call.books, call.path['customer'] ?? '');
  const before = structuredClone(customer);
  applyParams(customer, call.params as Stripe.CustomerUpdateParams);
  const previous = changedFields(before, customer);
  if (Object.keys(previous).length > 0) call.emit('customer.updated', customer, previous);
  return customer;
}

export function deleteCustomer(call: Call): Stripe.DeletedCustomer {
  const customer = requireCustomer(call.books, call.path['customer'] ?? '');
  for (const record of call.books.payment_methods.values()) {
    if (record.object.customer === customer.id) detach(call, record);
  }
  const deleted: Stripe.DeletedCustomer = { id: customer.id, object: 'customer', deleted: true };
  call.books.customers.set(customer.id, deleted);
  call.emit('customer.deleted', customer);
  return deleted;
}

export function listCustomers(call: Call): List<Stripe.Customer> {
  refuseUnsimulated(call.params, ['created', 'email', 'ending_before', 'limit', 'starting_after']);
  const { email } = call.params as { email?: string };
  const customers = [...call.books.customers.values()]
    .filter((customer): customer is Stripe.Customer => !customer.deleted)
    .filter((customer) => email === undefined || customer.email === email);
  return pageOf(customers, call.params as PageParams, '/v1/customers');
}

function applyParams(
  customer: Stripe.Customer,
  params: Stripe.CustomerCreateParams | Stripe.CustomerUpdateParams,
): void {
  customer.name = textField(params.name, customer.name ?? null);
  customer.email = textField(params.email, customer.email);
  customer.phone = textField(params.phone, customer.phone ?? null);
  customer.description = textField(params.description, customer.description);
  customer.metadata = mergeMetadata(customer.metadata, params.metadata);
  if (params.balance !== undefined) customer.balance = params.balance;
  if (params.preferred_locales) customer.preferred_locales = params.preferred_locales;
  if (params.tax_exempt !== undefined) customer.tax_exempt = params.tax_exempt || 'none';
  if (params.address !== undefined) customer.address = params.address ? addressFrom(params.address) : null;
  if (params.shipping !== undefined)
    customer.shipping = params.shipping ? customerShipping(params.shipping) : null;
  const default_method = params.invoice_settings?.default_payment_method;
  if (default_method !== undefined) customer.invoice_settings.default_payment_method = default_method || null;
}

/** What `data.previous_attributes` shows: the old value of each field that is different now. */
function changedFields(before: object, after: object): Record<string, unknown> {
  const now = new Map<string, unknown>(Object.entries(after));
  return Object.fromEntries(
    Object.entries(before).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(now.get(name))),
  );
}
