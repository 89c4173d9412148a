/**
 * SQL on what gift cards and store credit pay of orders: their payments rows, and the movements that go with them, in one statement
 * each. Balances follow the movements by trigger; a balance below zero is refused by a check behind everything here.
 */
import type { TenderFacts, TenderPart } from '../core/tenders.ts';
import { row, type Queryable, type Transaction } from '../platform/database.ts';

export interface LockedTenders {
  store_credit: TenderFacts | null;
  /** Those that may be spent now; what is disabled, expired or of another currency counts as empty. */
  gift_cards: TenderFacts[];
}

/** Locks the account, then the cards in id order, until the transaction ends. Without a customer no account is looked for. */
export async function lockTenders(
  trx: Transaction,
  wanted: { customer: string | null; gift_cards: readonly string[]; currency: string },
): Promise<LockedTenders> {
  const locked = await row<{ tenders: LockedTenders }>(
    trx,
    `with credit as (select id, balance_minor from store_credits where customer = ? and currency = ? for update),
     cards as (
       select id, case when status = 'active' and currency = ? and (expires_at is null or expires_at > now())
         then balance_minor else 0 end as balance_minor
       from gift_cards where id = any(?::uuid[]) order by id for update)
     select json_build_object('store_credit', (select row_to_json(credit) from credit),
       'gift_cards', (select coalesce(json_agg(cards), '[]') from cards)) as tenders`,
    [wanted.customer, wanted.currency, wanted.currency, wanted.gift_cards],
  );
  return locked!.tenders;
}

/** Takes balances for an order: a payment each, in the order given, and what it spends. */
export async function insertTenders(
  trx: Transaction,
  order: string,
  currency: string,
  parts: readonly TenderPart[],
): Promise<void> {
  await row(
    trx,
    `with part as materialized (
       select gen_random_uuid() as payment, p.*
       from rows from (json_to_recordset(?::json) as (tender text, id uuid, amount_minor bigint))
         with ordinality as p(tender, id, amount_minor, place)),
     paid as (
       insert into payments (id, "order", provider, status, amount_minor, currency, gift_card, store_credit, created_at)
       select payment, ?, tender, 'authorised', amount_minor, ?, case tender when 'gift_card' then id end,
         case tender when 'store_credit' then id end, clock_timestamp() + place * interval '1 microsecond' from part),
     carded as (
       insert into gift_card_movements (gift_card, delta_minor, reason, "order", payment)
       select id, -amount_minor, 'spent', ?, payment from part where tender = 'gift_card')
     insert into store_credit_movements (store_credit, delta_minor, reason, "order", payment)
     select id, -amount_minor, 'spent', ?, payment from part where tender = 'store_credit'`,
    [JSON.stringify(parts), order, currency, order, order],
  );
}

/** Gives an amount back of what an order's tenders hold, from the last of them. Locks accounts, then cards in id order. */
export async function reduceHeldTenders(
  trx: Transaction,
  order: string,
  amount_minor: number,
): Promise<void> {
  await row(
    trx,
    `with held as (
       select id, amount_minor, sum(amount_minor) over (order by store_credit is null, created_at desc, id desc) as reached
       from payments where ${TENDERS} and status = 'authorised'),
     part as (
       select id, least(amount_minor, ?::bigint - (reached - amount_minor))::bigint as back_minor
       from held where reached - amount_minor < ?::bigint),
     reduced as (
       update payments p set amount_minor = p.amount_minor - part.back_minor,
         status = case when p.amount_minor = part.back_minor then 'cancelled' else p.status end,
         version = p.version + 1, updated_at = now()
       from part where p.id = part.id returning p.id, p."order", p.gift_card, p.store_credit, part.back_minor),
     credited as (
       insert into store_credit_movements (store_credit, delta_minor, reason, "order", payment)
       select c.id, r.back_minor, 'returned', r."order", r.id
       from (select id from store_credits where id in (select store_credit from reduced) order by id for update) c
       join reduced r on r.store_credit = c.id)
     insert into gift_card_movements (gift_card, delta_minor, reason, "order", payment)
     select c.id, r.back_minor, 'returned', r."order", r.id
     from (select id from gift_cards where id in (select gift_card from reduced) order by id for update) c
     join reduced r on r.gift_card = c.id`,
    [order, amount_minor, amount_minor],
  );
}

/** What tenders hold for an order that is not paid yet. */
export async function heldByTenders(db: Queryable, order: string): Promise<number> {
  const held = await row<{ amount_minor: number }>(
    db,
    `select coalesce(sum(amount_minor), 0)::bigint as amount_minor from payments where ${TENDERS} and status = 'authorised'`,
    [order],
  );
  return held?.amount_minor ?? 0;
}

/** Gives the balances back that an order's tenders hold. Locks accounts, then cards in id order. */
export async function cancelTenders(trx: Transaction, order: string): Promise<void> {
  await row(
    trx,
    `with held as (
       update payments set status = 'cancelled', version = version + 1, updated_at = now()
       where ${TENDERS} and status = 'authorised' returning id, "order", gift_card, store_credit, amount_minor),
     credited as (
       insert into store_credit_movements (store_credit, delta_minor, reason, "order", payment)
       select c.id, held.amount_minor, 'returned', held."order", held.id
       from (select id from store_credits where id in (select store_credit from held) order by id for update) c
       join held on held.store_credit = c.id)
     insert into gift_card_movements (gift_card, delta_minor, reason, "order", payment)
     select c.id, held.amount_minor, 'returned', held."order", held.id
     from (select id from gift_cards where id in (select gift_card from held) order by id for update) c
     join held on held.gift_card = c.id`,
    [order],
  );
}

/** @returns what became paid by it */
export async function payTenders(trx: Transaction, order: string, paid_at: Date): Promise<number> {
  const paid = await row<{ captured_minor: number }>(
    trx,
    `with paid as (
       update payments set status = 'paid', captured_minor = amount_minor, paid_at = ?, version = version + 1, updated_at = now()
       where ${TENDERS} and status = 'authorised' returning captured_minor)
     select coalesce(sum(captured_minor), 0)::bigint as captured_minor from paid`,
    [paid_at, order],
  );
  return paid?.captured_minor ?? 0;
}

/** What tenders held for an order that was closed, and whether all of it is there again. Locks accounts, then cards in id order. */
export async function lockReleasedTenders(
  trx: Transaction,
  order: string,
): Promise<{ amount_minor: number; is_there: boolean }> {
  const released = await row<{ amount_minor: number; is_there: boolean }>(
    trx,
    `with released as (
       select gift_card, store_credit, amount_minor from payments
       where ${TENDERS} and status = 'cancelled' and amount_minor > 0),
     credits as (
       select id, balance_minor from store_credits where id in (select store_credit from released) order by id for update),
     cards as (
       select id, balance_minor from gift_cards where id in (select gift_card from released) and status = 'active'
         and (expires_at is null or expires_at > now()) order by id for update)
     select coalesce(sum(r.amount_minor), 0)::bigint as amount_minor,
       coalesce(bool_and(coalesce(credits.balance_minor, cards.balance_minor, 0) >= r.amount_minor), true) as is_there
     from released r left join credits on credits.id = r.store_credit left join cards on cards.id = r.gift_card`,
    [order],
  );
  return released ?? { amount_minor: 0, is_there: true };
}

/** Takes again what `lockReleasedTenders` found to be there. */
export async function retakeTenders(trx: Transaction, order: string): Promise<void> {
  await row(
    trx,
    `with taken as (
       update payments set status = 'authorised', version = version + 1, updated_at = now()
       where ${TENDERS} and status = 'cancelled' and amount_minor > 0
       returning id, "order", gift_card, store_credit, amount_minor),
     credited as (
       insert into store_credit_movements (store_credit, delta_minor, reason, "order", payment)
       select store_credit, -amount_minor, 'spent', "order", id from taken where store_credit is not null)
     insert into gift_card_movements (gift_card, delta_minor, reason, "order", payment)
     select gift_card, -amount_minor, 'spent', "order", id from taken where gift_card is not null`,
    [order],
  );
}

const TENDERS = `"order" = ? and provider in ('gift_card', 'store_credit')`;

export interface MoneyBack {
  /** The payment it was paid with. */
  payment: string;
  order: string;
  /** Where it goes: one of the two. */
  gift_card: string | null;
  store_credit: string | null;
  amount_minor: number;
}

/** Adds refunds to cards and accounts. */
export async function insertMoneyBack(
  trx: Transaction,
  parts: readonly MoneyBack[],
  by: { actor: string | null; note: string | null },
): Promise<void> {
  await row(
    trx,
    `with part as (
       select * from json_to_recordset(?::json)
         as p(payment uuid, "order" uuid, gift_card uuid, store_credit uuid, amount_minor bigint)),
     credited as (
       insert into store_credit_movements (store_credit, delta_minor, reason, "order", payment, actor, note)
       select c.id, part.amount_minor, 'refunded', part."order", part.payment, ?, ?
       from (select id from store_credits where id in (select store_credit from part) order by id for update) c
       join part on part.store_credit = c.id)
     insert into gift_card_movements (gift_card, delta_minor, reason, "order", payment, actor, note)
     select c.id, part.amount_minor, 'returned', part."order", part.payment, ?, ?
     from (select id from gift_cards where id in (select gift_card from part) order by id for update) c
     join part on part.gift_card = c.id`,
    [JSON.stringify(parts), by.actor, by.note, by.actor, by.note],
  );
}
