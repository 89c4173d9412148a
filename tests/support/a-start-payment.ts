/** What the shop asks a provider for when a payment begins: 25.99 USD on the provider's page, taken at once. */
import { randomUUID } from 'node:crypto';
import type { StartPayment } from '../../extensions/commerce-api/src/providers/payment.ts';

export function aStartPayment(change: Partial<StartPayment> = {}): StartPayment {
  return {
    payment: randomUUID(),
    attempt: 1,
    order: randomUUID(),
    order_number: 'K-1001',
    amount_minor: 2599,
    currency: 'USD',
    email: 'ada@example.com',
    capture: 'now',
    flow: 'hosted',
    return_url: 'https://shop.example/thanks',
    cancel_url: 'https://shop.example/cart',
    statement_descriptor: null,
    provider_customer: null,
    provider_method: null,
    off_session: false,
    save_method: false,
    ...change,
  };
}
