/**
 * A customer's addresses. At most one is the default for shipping and one for billing; claiming a mark takes it from the
 * address that had it. Every write locks the customer, so two claims follow each other. Somebody else's address is not
 * found.
 */
import { KontorError } from '../errors.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import type { Address } from './address.ts';
import {
  addressesOf,
  addressOf,
  countAddresses,
  deleteAddress,
  unsetOtherDefaults,
  writeAddress,
  type SavedAddress,
} from './address-queries.ts';
import { lockCustomer } from './queries.ts';

/** A bound against abuse rather than a rule of trade. */
const MAX_ADDRESSES = 100;

type Defaults = Pick<SavedAddress, 'is_default_shipping' | 'is_default_billing'>;
export type NewAddress = Address & Partial<Defaults>;
export type AddressChanges = Partial<NewAddress>;

/** The default ones first, then the newest. */
export function listAddresses(shop: Shop, customer: string): Promise<SavedAddress[]> {
  return addressesOf(shop.db, customer);
}

/** @throws KontorError ADDRESS_LIMIT */
export async function addAddress(shop: Shop, customer: string, input: NewAddress): Promise<SavedAddress> {
  return inTransaction(shop.db, async (trx) => {
    await lockCustomer(trx, customer);
    if ((await countAddresses(trx, customer)) >= MAX_ADDRESSES) throw new KontorError('ADDRESS_LIMIT');
    const blank = { id: shop.newId(), is_default_shipping: false, is_default_billing: false };
    return saveAddress(trx, customer, { ...blank, ...withNulls(input) });
  });
}

/** Changes what is given and leaves the rest. @throws KontorError NOT_FOUND */
export async function changeAddress(
  shop: Shop,
  customer: string,
  address: string,
  changes: AddressChanges,
): Promise<SavedAddress> {
  return inTransaction(shop.db, async (trx) => {
    await lockCustomer(trx, customer);
    const saved = await addressOf(trx, customer, address);
    if (!saved) throw new KontorError('NOT_FOUND');
    return saveAddress(trx, customer, { ...saved, ...withNulls({ ...saved, ...changes }) });
  });
}

/** @throws KontorError NOT_FOUND */
export async function removeAddress(shop: Shop, customer: string, address: string): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    if ((await deleteAddress(trx, customer, address)) === 0) throw new KontorError('NOT_FOUND');
  });
}

async function saveAddress(trx: Transaction, customer: string, address: SavedAddress): Promise<SavedAddress> {
  await unsetOtherDefaults(trx, customer, address);
  await writeAddress(trx, customer, address);
  return address;
}

/** Absent and empty optional fields are stored as null. */
function withNulls<Input extends Address>(input: Input) {
  return {
    ...input,
    company: input.company || null,
    phone: input.phone || null,
    line2: input.line2 || null,
    region: input.region || null,
    postal_code: input.postal_code || null,
  };
}
