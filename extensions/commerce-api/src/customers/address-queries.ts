/** SQL of the address book. */
import { changed, row, rows, type Queryable, type Transaction } from '../platform/database.ts';

export interface SavedAddress {
  id: string;
  full_name: string;
  company: string | null;
  phone: string | null;
  line1: string;
  line2: string | null;
  city: string;
  region: string | null;
  postal_code: string | null;
  country: string;
  is_default_shipping: boolean;
  is_default_billing: boolean;
}

const COLUMNS = `id, full_name, company, phone, line1, line2, city, region, postal_code, country,
  is_default_shipping, is_default_billing`;

/** The default ones first, then the newest. */
export async function addressesOf(db: Queryable, customer: string): Promise<SavedAddress[]> {
  return rows<SavedAddress>(
    db,
    `select ${COLUMNS} from addresses where customer = ?
     order by is_default_shipping desc, is_default_billing desc, created_at desc, id`,
    [customer],
  );
}

export async function addressOf(
  trx: Transaction,
  customer: string,
  address: string,
): Promise<SavedAddress | undefined> {
  return row<SavedAddress>(trx, `select ${COLUMNS} from addresses where customer = ? and id = ?`, [
    customer,
    address,
  ]);
}

export async function countAddresses(trx: Transaction, customer: string): Promise<number> {
  const found = await row<{ count: number }>(
    trx,
    'select count(*)::int as count from addresses where customer = ?',
    [customer],
  );
  return found?.count ?? 0;
}

/** Takes the default marks that `address` claims from the customer's other addresses. */
export async function unsetOtherDefaults(
  trx: Transaction,
  customer: string,
  address: Pick<SavedAddress, 'id' | 'is_default_shipping' | 'is_default_billing'>,
): Promise<void> {
  await changed(
    trx,
    `update addresses set is_default_shipping = is_default_shipping and not ?::boolean,
       is_default_billing = is_default_billing and not ?::boolean, updated_at = now()
     where customer = ? and id <> ?
       and ((is_default_shipping and ?::boolean) or (is_default_billing and ?::boolean))`,
    [
      address.is_default_shipping,
      address.is_default_billing,
      customer,
      address.id,
      address.is_default_shipping,
      address.is_default_billing,
    ],
  );
}

/** Inserts the address, or writes over the one with its id. */
export async function writeAddress(trx: Transaction, customer: string, address: SavedAddress): Promise<void> {
  await changed(
    trx,
    `insert into addresses (customer, ${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (id) do update set full_name = excluded.full_name, company = excluded.company,
       phone = excluded.phone, line1 = excluded.line1, line2 = excluded.line2, city = excluded.city,
       region = excluded.region, postal_code = excluded.postal_code, country = excluded.country,
       is_default_shipping = excluded.is_default_shipping, is_default_billing = excluded.is_default_billing,
       updated_at = now()
     where addresses.customer = excluded.customer`,
    [
      customer,
      address.id,
      address.full_name,
      address.company,
      address.phone,
      address.line1,
      address.line2,
      address.city,
      address.region,
      address.postal_code,
      address.country,
      address.is_default_shipping,
      address.is_default_billing,
    ],
  );
}

export async function deleteAddress(trx: Transaction, customer: string, address: string): Promise<number> {
  return changed(trx, 'delete from addresses where customer = ? and id = ?', [customer, address]);
}
