import { KontorError } from '../errors.ts';
import { inTransaction, type Queryable } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { askAboutVatId } from './check-vat-id.ts';
import { requireVatId } from './vat-id.ts';
import { lockCustomer, profileOf, writeProfile, type Profile } from './queries.ts';

export type ProfileChanges = Partial<
  Pick<Profile, 'first_name' | 'last_name' | 'phone' | 'locale' | 'accepts_marketing' | 'vat_id'>
>;

/** @throws KontorError NOT_FOUND when the customer was deleted meanwhile. */
export async function readProfile(db: Queryable, customer: string): Promise<Profile> {
  const profile = await profileOf(db, customer);
  if (!profile) throw new KontorError('NOT_FOUND');
  return profile;
}

/**
 * Changes what is given and leaves the rest. A new VAT id is unchecked until the register has been asked, where one is asked.
 * @throws KontorError VAT_ID_INVALID
 */
export async function updateProfile(shop: Shop, customer: string, changes: ProfileChanges): Promise<Profile> {
  return inTransaction(shop.db, async (trx) => {
    await lockCustomer(trx, customer);
    const before = await readProfile(trx, customer);
    const vat_id = changes.vat_id && requireVatId(changes.vat_id);
    await writeProfile(trx, { ...before, ...changes, ...(vat_id && { vat_id }) });
    const profile = await readProfile(trx, customer);
    if (profile.vat_id !== before.vat_id) await askAboutVatId(shop, trx, customer, profile.vat_id);
    await enqueue(trx, 'announce', { action: 'update', collection: 'customers', keys: [customer] });
    return profile;
  });
}
