/** A set-up as the store answers it: how far it is, and what the storefront needs to go on. */
import { z } from 'zod';
import type { Shop } from '../platform/shop.ts';
import type { ProviderSetup } from '../providers/payment.ts';
import { MethodView, methodView } from './method-view.ts';
import { methodOf, type SetupRow } from './queries.ts';

export const SetupView = z
  .strictObject({
    setup: z.uuid(),
    provider: z.string(),
    status: z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'cancelled']),
    client_data: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('What the provider’s form needs, e.g. a client secret; null once the set-up has ended.'),
    payment_method: MethodView.nullable().describe('The method, once it is kept and unless it was deleted.'),
    error_code: z.string().nullable(),
    error_message: z.string().nullable(),
  })
  .meta({ id: 'PaymentSetup' });

/** Whether the provider may have more to say: a card that failed may be followed by another one. */
export function isOpen({ status }: Pick<SetupRow, 'status'>): boolean {
  return status !== 'succeeded' && status !== 'cancelled';
}

export async function setupView(
  shop: Shop,
  setup: SetupRow,
  truth: ProviderSetup | null,
): Promise<z.output<typeof SetupView>> {
  const { payment_method } = setup;
  const method = payment_method ? await methodOf(shop.db, setup.customer, payment_method) : undefined;
  return {
    setup: setup.id,
    provider: setup.provider,
    status: setup.status,
    client_data: isOpen(setup) ? (truth?.client_data ?? null) : null,
    payment_method: method ? methodView(shop, method) : null,
    error_code: setup.error_code,
    error_message: setup.error_message,
  };
}
