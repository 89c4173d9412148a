/** Asking the register whether a customer's VAT id exists. */
import { isInVies, parseVatId } from '../core/vat-id.ts';
import { inTransaction, type Queryable } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { shopVatId, uncheckedVatIds, vatIdOf, writeVatIdStatus } from './queries.ts';

/** A shop that asks nobody has nothing to wait for, and of some countries the register knows nothing. */
function canBeAsked(shop: Shop, vat_id: string | null): boolean {
  return shop.env.VAT_CHECK === 'vies' && vat_id !== null && isInVies(parseVatId(vat_id).country);
}

/** Enqueues the question where there is somebody to ask. */
export async function askAboutVatId(
  shop: Shop,
  db: Queryable,
  customer: string,
  vat_id: string | null,
): Promise<void> {
  if (!canBeAsked(shop, vat_id)) return;
  await enqueue(db, 'check-vat-id', { customer }, { job_key: `check-vat-id:${customer}` });
}

/**
 * The job: asks and writes down what the register said. May run twice. An answer about an id that was changed meanwhile is
 * dropped; no answer changes nothing, and `askAboutUncheckedVatIds` asks again.
 */
export async function checkVatId(shop: Shop, customer: string): Promise<void> {
  const vat_id = (await vatIdOf(shop.db, customer)) ?? null;
  if (vat_id === null || !canBeAsked(shop, vat_id)) return;
  const { status, checked_at } = await shop.providers.vat_check.check(vat_id, await shopVatId(shop.db));
  if (status === 'unknown') {
    shop.log.warn({ customer }, 'The register of VAT ids did not answer');
    return;
  }
  await inTransaction(shop.db, async (trx) => {
    const isWritten = await writeVatIdStatus(trx, { customer, vat_id, status, checked_at });
    if (isWritten)
      await enqueue(trx, 'announce', { action: 'update', collection: 'customers', keys: [customer] });
  });
}

/** The clock's: ids nobody has asked about, written by staff or left when the register did not answer. May run twice. */
export async function askAboutUncheckedVatIds(shop: Shop): Promise<void> {
  if (shop.env.VAT_CHECK !== 'vies') return;
  for (const { id, vat_id } of await uncheckedVatIds(shop.db, 1000)) {
    await askAboutVatId(shop, shop.db, id, vat_id);
  }
}
