/** SQL of kept payment methods, of who a customer is at a provider, and of the set-ups methods come from. */
import { assignments, changed, row, rows, type Queryable, type Transaction } from '../platform/database.ts';
import type { ProviderMethod, ProviderSetup } from '../providers/payment.ts';

export interface MethodRow {
  id: string;
  customer: string;
  provider: string;
  provider_method: string;
  brand: string | null;
  last4: string | null;
  exp_month: number | null;
  exp_year: number | null;
  is_default: boolean;
}

const METHOD_COLUMNS =
  'id, customer, provider, provider_method, brand, last4, exp_month, exp_year, is_default';

/**
 * Makes everybody who writes methods of this customer wait until the transaction ends. A lock on rows would not do: the first
 * method of a customer has none beside it. Locks of orders and payments come before this one, locks of set-ups after it.
 */
export async function lockMethods(trx: Transaction, customer: string): Promise<void> {
  await row(trx, `select pg_advisory_xact_lock(hashtextextended('kontor payment methods ' || ?::text, 0))`, [
    customer,
  ]);
}

/** The default one first, then the newest. */
export function methodsOf(db: Queryable, customer: string): Promise<MethodRow[]> {
  return rows<MethodRow>(
    db,
    `select ${METHOD_COLUMNS} from payment_methods where customer = ?
     order by is_default desc, created_at desc, id`,
    [customer],
  );
}

export function methodOf(db: Queryable, customer: string, id: string): Promise<MethodRow | undefined> {
  return row<MethodRow>(db, `select ${METHOD_COLUMNS} from payment_methods where customer = ? and id = ?`, [
    customer,
    id,
  ]);
}

export function methodByProviderId(
  db: Queryable,
  provider: string,
  provider_method: string,
): Promise<MethodRow | undefined> {
  return row<MethodRow>(
    db,
    `select ${METHOD_COLUMNS} from payment_methods where provider = ? and provider_method = ?`,
    [provider, provider_method],
  );
}

/**
 * Inserts a method that is not the default, or writes what is new about one of the same customer.
 * @returns its id; undefined, with nothing written, when another customer has it
 */
export async function upsertMethod(
  trx: Transaction,
  customer: string,
  provider: string,
  method: ProviderMethod,
): Promise<string | undefined> {
  const written = await row<{ id: string }>(
    trx,
    `insert into payment_methods (customer, provider, provider_method, brand, last4, exp_month, exp_year, is_default,
       created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, false, clock_timestamp(), clock_timestamp())
     on conflict (provider, provider_method) do update set brand = excluded.brand, last4 = excluded.last4,
       exp_month = excluded.exp_month, exp_year = excluded.exp_year, updated_at = excluded.updated_at
     where payment_methods.customer = excluded.customer returning id`,
    [
      customer,
      provider,
      method.provider_method,
      method.brand,
      method.last4,
      method.exp_month,
      method.exp_year,
    ],
  );
  return written?.id;
}

/** Takes the mark from the method that has it, then gives it: an index allows one per customer at any moment. */
export async function setDefault(trx: Transaction, customer: string, id: string): Promise<void> {
  await changed(
    trx,
    `update payment_methods set is_default = false, updated_at = now()
     where customer = ? and is_default and id <> ?`,
    [customer, id],
  );
  await changed(
    trx,
    `update payment_methods set is_default = true, updated_at = now()
     where customer = ? and id = ? and not is_default`,
    [customer, id],
  );
}

/** Where no method of the customer is the default, the newest becomes it. */
export async function fillDefault(trx: Transaction, customer: string): Promise<void> {
  await changed(
    trx,
    `update payment_methods set is_default = true, updated_at = now()
     where id = (select id from payment_methods where customer = ? order by created_at desc, id limit 1)
       and not exists (select from payment_methods where customer = ? and is_default)`,
    [customer, customer],
  );
}

export function deleteMethod(
  trx: Transaction,
  customer: string,
  id: string,
): Promise<{ provider: string; provider_method: string } | undefined> {
  return row(
    trx,
    'delete from payment_methods where customer = ? and id = ? returning provider, provider_method',
    [customer, id],
  );
}

/** Who the customer is at a provider. */
export async function providerCustomerOf(
  db: Queryable,
  provider: string,
  customer: string,
): Promise<string | undefined> {
  const known = await row<{ provider_customer: string }>(
    db,
    'select provider_customer from commerce.provider_customers where provider = ? and customer = ?',
    [provider, customer],
  );
  return known?.provider_customer;
}

/** Of two that come at once, the first is kept. */
export async function insertProviderCustomer(
  db: Queryable,
  provider: string,
  customer: string,
  provider_customer: string,
): Promise<void> {
  await changed(
    db,
    `insert into commerce.provider_customers (provider, customer, provider_customer) values (?, ?, ?)
     on conflict do nothing`,
    [provider, customer, provider_customer],
  );
}

export function personOf(
  db: Queryable,
  customer: string,
): Promise<{ email: string; name: string | null } | undefined> {
  return row(
    db,
    `select email, nullif(concat_ws(' ', first_name, last_name), '') as name from customers where id = ?`,
    [customer],
  );
}

export interface SetupRow {
  id: string;
  customer: string;
  provider: string;
  provider_setup: string | null;
  status: ProviderSetup['status'];
  make_default: boolean;
  payment_method: string | null;
  error_code: string | null;
  error_message: string | null;
}

const SETUP_COLUMNS = `id, customer, provider, provider_setup, status, make_default, payment_method, error_code,
  error_message`;

export function setupById(db: Queryable, id: string): Promise<SetupRow | undefined> {
  return row<SetupRow>(db, `select ${SETUP_COLUMNS} from commerce.payment_setups where id = ?`, [id]);
}

/** Locks the set-up until the transaction ends. */
export function lockSetup(trx: Transaction, id: string): Promise<SetupRow | undefined> {
  return row<SetupRow>(trx, `select ${SETUP_COLUMNS} from commerce.payment_setups where id = ? for update`, [
    id,
  ]);
}

export async function insertSetup(
  trx: Transaction,
  setup: Pick<SetupRow, 'id' | 'customer' | 'provider' | 'make_default'>,
): Promise<void> {
  await changed(
    trx,
    'insert into commerce.payment_setups (id, customer, provider, make_default) values (?, ?, ?, ?)',
    [setup.id, setup.customer, setup.provider, setup.make_default],
  );
}

export async function updateSetup(
  trx: Queryable,
  id: string,
  change: Partial<
    Pick<SetupRow, 'provider_setup' | 'status' | 'payment_method' | 'error_code' | 'error_message'>
  >,
): Promise<void> {
  const { sql, bindings } = assignments(change);
  await changed(trx, `update commerce.payment_setups set ${sql} updated_at = now() where id = ?`, [
    ...bindings,
    id,
  ]);
}

/**
 * The methods a customer has, the set-ups of the last hour that may still become one, and all set-ups of the last hour but those
 * that ended before the provider had answered: nobody could try a card with them.
 */
export async function countForLimits(
  trx: Transaction,
  customer: string,
): Promise<{ methods: number; open: number; begun: number }> {
  const counted = await row<{ methods: number; open: number; begun: number }>(
    trx,
    `select (select count(*)::int from payment_methods where customer = ?) as methods,
       count(*) filter (where status in ('pending', 'requires_action'))::int as open,
       count(*) filter (where provider_setup is not null or status = 'pending')::int as begun
     from commerce.payment_setups where customer = ? and created_at > now() - interval '1 hour'`,
    [customer, customer],
  );
  return counted ?? { methods: 0, open: 0, begun: 0 };
}

/** Open set-ups that were begun so many hours ago, the oldest first. */
export function staleSetups(
  db: Queryable,
  hours: number,
  limit: number,
): Promise<Pick<SetupRow, 'id' | 'provider' | 'provider_setup'>[]> {
  return rows(
    db,
    `select id, provider, provider_setup from commerce.payment_setups
     where status in ('pending', 'requires_action') and created_at < now() - make_interval(hours => ?)
     order by created_at, id limit ?`,
    [hours, limit],
  );
}

/** Closes a set-up unless it has ended meanwhile. */
export async function closeSetup(db: Queryable, id: string): Promise<void> {
  await changed(
    db,
    `update commerce.payment_setups set status = 'cancelled', updated_at = now()
     where id = ? and status in ('pending', 'requires_action')`,
    [id],
  );
}
