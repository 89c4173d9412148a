/** All SQL on gift cards and their ledger, and on the wrong codes that were tried. */
import { changed, row, rows, type Queryable, type Transaction } from '../platform/database.ts';

export interface GiftCardRow {
  id: string;
  last4: string;
  status: 'active' | 'disabled';
  initial_minor: number;
  balance_minor: number;
  currency: string;
  expires_at: Date | null;
  customer: string | null;
  source_order_line: string | null;
  note: string | null;
  created_at: Date;
}

const CARD_COLUMNS = `id, last4, status, initial_minor, balance_minor, currency, expires_at, customer, source_order_line, note,
  created_at`;

export function giftCardById(db: Queryable, id: string): Promise<GiftCardRow | undefined> {
  return row<GiftCardRow>(db, `select ${CARD_COLUMNS} from gift_cards where id = ?`, [id]);
}

export function lockGiftCard(trx: Transaction, id: string): Promise<GiftCardRow | undefined> {
  return row<GiftCardRow>(trx, `select ${CARD_COLUMNS} from gift_cards where id = ? for update`, [id]);
}

/** Cards by id, in the order of the ids. */
export function giftCardsById(db: Queryable, ids: readonly string[]): Promise<GiftCardRow[]> {
  return rows<GiftCardRow>(
    db,
    `select ${CARD_COLUMNS} from gift_cards where id = any(?::uuid[]) order by array_position(?::uuid[], id)`,
    [ids, ids],
  );
}

export interface HashedCard {
  id: string;
  code_hash: string;
}

export function hashedCards(db: Queryable, ids: readonly string[]): Promise<HashedCard[]> {
  return rows<HashedCard>(db, 'select id, code_hash from gift_cards where id = any(?::uuid[])', [ids]);
}

/** The next cards by id, locked until the transaction ends. */
export function hashedCardsAfter(trx: Transaction, id: string, limit: number): Promise<HashedCard[]> {
  return rows<HashedCard>(
    trx,
    'select id, code_hash from gift_cards where id > ? order by id limit ? for update',
    [id, limit],
  );
}

export async function replaceCodeHashes(trx: Transaction, cards: readonly HashedCard[]): Promise<void> {
  if (cards.length === 0) return;
  await changed(
    trx,
    `update gift_cards c set code_hash = n.code_hash
     from json_to_recordset(?::json) as n (id uuid, code_hash text) where c.id = n.id`,
    [JSON.stringify(cards.map(({ id, code_hash }) => ({ id, code_hash })))],
  );
}

export interface GiftCardTry {
  /** Wrong codes of late, over all shoppers. */
  failures: number;
  card: GiftCardRow | null;
}

/** Looks a code up, and how many wrong ones were tried in the last minutes. Cards that cannot be spent are not found. */
export async function tryCode(
  db: Queryable,
  code_hashes: readonly string[],
  minutes: number,
): Promise<GiftCardTry> {
  const failed = await row<{ failures: number }>(
    db,
    `select coalesce(sum(failures), 0)::int as failures from commerce.gift_card_failures
     where minute > now() - make_interval(mins => ?)`,
    [minutes],
  );
  const card = await row<GiftCardRow>(
    db,
    `select ${CARD_COLUMNS} from gift_cards
     where code_hash = any(?) and status = 'active' and balance_minor > 0 and (expires_at is null or expires_at > now())`,
    [code_hashes],
  );
  return { failures: failed?.failures ?? 0, card: card ?? null };
}

export async function countFailure(db: Queryable): Promise<void> {
  await row(
    db,
    `insert into commerce.gift_card_failures (minute, failures) values (date_trunc('minute', now()), 1)
     on conflict (minute) do update set failures = gift_card_failures.failures + 1`,
  );
}

export async function deleteFailuresOlderThan(db: Queryable, hours: number): Promise<void> {
  await row(db, `delete from commerce.gift_card_failures where minute < now() - make_interval(hours => ?)`, [
    hours,
  ]);
}

export interface NewGiftCard {
  id: string;
  code_hash: string;
  last4: string;
  initial_minor: number;
  currency: string;
  expires_at: Date | null;
  customer: string | null;
  source_order_line: string | null;
  note: string | null;
}

/** Issues cards with their first movement. @returns the ids of those that were not there before */
export async function insertGiftCards(
  trx: Transaction,
  cards: readonly NewGiftCard[],
  by: { actor: string | null; order: string | null },
): Promise<string[]> {
  const issued = await rows<{ id: string }>(
    trx,
    `with issued as (
       insert into gift_cards (id, code_hash, last4, initial_minor, currency, expires_at, customer, source_order_line, note)
       select id, code_hash, last4, initial_minor, currency, expires_at, customer, source_order_line, note
       from json_populate_recordset(null::gift_cards, ?::json)
       on conflict (id) do nothing returning id, initial_minor)
     select id from issued`,
    [JSON.stringify(cards)],
  );
  const ids = issued.map(({ id }) => id);
  await insertMovements(
    trx,
    cards
      .filter(({ id }) => ids.includes(id))
      .map(({ id, initial_minor }) => ({
        gift_card: id,
        delta_minor: initial_minor,
        reason: 'issued' as const,
        order: by.order,
        actor: by.actor,
        note: null,
      })),
  );
  return ids;
}

export interface GiftCardMovement {
  gift_card: string;
  delta_minor: number;
  reason: 'issued' | 'adjusted';
  order: string | null;
  actor: string | null;
  note: string | null;
}

export async function insertMovements(
  trx: Transaction,
  movements: readonly GiftCardMovement[],
): Promise<void> {
  if (movements.length === 0) return;
  await row(
    trx,
    `insert into gift_card_movements (gift_card, delta_minor, reason, "order", actor, note)
     select gift_card, delta_minor, reason, "order", actor, note
     from json_populate_recordset(null::gift_card_movements, ?::json)`,
    [JSON.stringify(movements)],
  );
}

export async function setStatus(
  trx: Transaction,
  ids: readonly string[],
  status: GiftCardRow['status'],
): Promise<void> {
  await row(trx, `update gift_cards set status = ?, updated_at = now() where id = any(?::uuid[])`, [
    status,
    ids,
  ]);
}

/** Writes what Directus writes when somebody changes a row through the items API: the admin app shows it with the card. */
export async function insertHistory(
  trx: Transaction,
  id: string,
  change: Partial<Pick<GiftCardRow, 'status'>>,
  by: { user: string | null; ip: string | null; user_agent: string | null },
): Promise<void> {
  await row(
    trx,
    `with activity as (
       insert into directus_activity (action, "user", ip, user_agent, collection, item)
       values ('update', ?, ?, ?, 'gift_cards', ?) returning id
     )
     insert into directus_revisions (activity, collection, item, data, delta)
     select id, 'gift_cards', ?, ?::json, ?::json from activity`,
    [by.user, by.ip, by.user_agent, id, id, JSON.stringify(change), JSON.stringify(change)],
  );
}

export interface MovementRow {
  delta_minor: number;
  reason: string;
  order: string | null;
  note: string | null;
  created_at: Date;
}

/** The ledger of a card, newest first. */
export function movementsOf(db: Queryable, card: string): Promise<MovementRow[]> {
  return rows<MovementRow>(
    db,
    `select delta_minor, reason, "order", note, created_at from gift_card_movements where gift_card = ? order by id desc limit 500`,
    [card],
  );
}

export interface SoldCardLine {
  order_line: string;
  quantity: number;
  quantity_refunded: number;
  unit_price_minor: number;
  currency: string;
  customer: string | null;
}

/** The gift cards an order sells; none once all its money went back. The order must be locked. */
export function soldCardLines(db: Queryable, order: string): Promise<SoldCardLine[]> {
  return rows<SoldCardLine>(
    db,
    `select l.id as order_line, l.quantity, l.quantity_refunded, l.unit_price_minor, o.currency, o.customer
     from order_lines l join orders o on o.id = l."order"
     where l."order" = ? and l.product_kind = 'gift_card' and o.paid_at is not null and o.status <> 'cancelled'
       and o.payment_status <> 'refunded'
     order by l.sort, l.id`,
    [order],
  );
}

/** The cards issued for lines that are still good, locked in id order, with whether nothing of them was ever spent. */
export function lockCardsOfLines(
  trx: Transaction,
  order_lines: readonly string[],
): Promise<{ id: string; is_unspent: boolean }[]> {
  return rows(
    trx,
    `select id, balance_minor = initial_minor as is_unspent from gift_cards
     where source_order_line = any(?::uuid[]) and status = 'active' order by id for update`,
    [order_lines],
  );
}

/** Cards by id, locked in id order. */
export function lockGiftCards(trx: Transaction, ids: readonly string[]): Promise<GiftCardRow[]> {
  return rows<GiftCardRow>(
    trx,
    `select ${CARD_COLUMNS} from gift_cards where id = any(?::uuid[]) order by id for update`,
    [ids],
  );
}
