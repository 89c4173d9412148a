/** What a storefront may know of how the shop is paid. */
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { PAYMENT_FLOWS } from '../providers/payment.ts';
import { listProviders } from './list-providers.ts';

const ProviderView = z.object({
  provider: z.string(),
  title: z.string(),
  /** The first is meant where `payment.flow` is not sent. */
  flows: z.array(z.enum(PAYMENT_FLOWS)),
  /** False while the provider has been failing: offer another. */
  is_available: z.boolean(),
  /** Whether customers may have a method kept. */
  keeps_methods: z.boolean(),
  /** What the provider’s form in the storefront needs, such as a publishable key. */
  client_config: z.record(z.string(), z.string()),
});

export const paymentRoutes: Route[] = [
  route({
    method: 'get',
    path: '/payment-providers',
    tag: 'Checkout',
    summary: 'How the shop can be paid',
    access: 'public',
    answers: { status: 200, data: z.array(ProviderView), description: 'In the order they are to be offered' },
    async handle({ shop }) {
      return { status: 200, data: await listProviders(shop) };
    },
  }),
];
