import { KontorError } from '../errors.ts';
import { inTransaction, type Queryable } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { lockCustomer, profileOf, writeProfile, type Profile } from './queries.ts';

export type ProfileChanges = Partial<
  Pick<Profile, 'first_name' | 'last_name' | 'phone' | 'locale' | 'accepts_marketing'>
>;

/** @throws KontorError NOT_FOUND when the customer was deleted meanwhile. */
export async function readProfile(db: Queryable, customer: string): Promise<Profile> {
  const profile = await profileOf(db, customer);
  if (!profile) throw new KontorError('NOT_FOUND');
  return profile;
}

/** Changes what is given and leaves the rest. */
export async function updateProfile(shop: Shop, customer: string, changes: ProfileChanges): Promise<Profile> {
  return inTransaction(shop.db, async (trx) => {
    await lockCustomer(trx, customer);
    const profile = { ...(await readProfile(trx, customer)), ...changes };
    await writeProfile(trx, profile);
    await enqueue(trx, 'announce', { action: 'update', collection: 'customers', keys: [customer] });
    return profile;
  });
}
