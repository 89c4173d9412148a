-- Ledgers are only ever added to, and what they add up to is written by the database alone: inserting a movement changes its
-- level or balance in the same statement, and nothing else can. So a count cannot leave its ledger, whoever writes: a use
-- case, a flow of a merchant, or somebody at a SQL prompt.

-- The one change of a ledger let through is the database's own: deleting a user empties the actor of what that user did.
create or replace function commerce.refuse_ledger_change() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'UPDATE' and new.actor is null and to_jsonb(new) - 'actor' = to_jsonb(old) - 'actor' then
    return new;
  end if;
  raise exception '% is append-only', tg_table_name
    using errcode = 'restrict_violation', schema = tg_table_schema, table = tg_table_name, constraint = tg_table_name || '_append_only';
end
$$;

do $$
declare
  ledger text;
begin
  foreach ledger in array array['stock_movements', 'order_events', 'gift_card_movements', 'store_credit_movements'] loop
    execute format('create or replace trigger %I before update or delete on %I for each row execute function commerce.refuse_ledger_change()',
      ledger || '_append_only', ledger);
  end loop;
end
$$;

-- Sums of a ledger are written by its own trigger only (depth 1 is the statement of whoever writes), and begin at zero.
-- Arguments: the columns that are sums.
create or replace function commerce.refuse_sum_change() returns trigger
language plpgsql
as $$
declare
  sum_column text;
begin
  if pg_trigger_depth() > 1 then
    return null;
  end if;
  foreach sum_column in array tg_argv loop
    if coalesce(to_jsonb(new) -> sum_column, '0') <> coalesce(case when tg_op = 'UPDATE' then to_jsonb(old) -> sum_column end, '0') then
      raise exception '% of % is the sum of its ledger: add a movement', sum_column, tg_table_name
        using errcode = 'restrict_violation', schema = tg_table_schema, table = tg_table_name, constraint = tg_table_name || '_ledger';
    end if;
  end loop;
  return null;
end
$$;

create or replace trigger stock_levels_ledger
  after insert or update on stock_levels
  for each row execute function commerce.refuse_sum_change('on_hand', 'reserved');
-- A level whose ledger tells of it stays where it is: its sums belong to this variant and this location.
create or replace function commerce.keep_stock_level() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'UPDATE' and new.variant = old.variant and new.location = old.location then
    return null;
  end if;
  if exists (select from public.stock_movements movement where movement.variant = old.variant and movement.location = old.location) then
    raise exception 'the ledger tells of this stock level: it stays'
      using errcode = 'restrict_violation', schema = 'public', table = 'stock_levels', constraint = 'stock_levels_ledger';
  end if;
  return null;
end
$$;

create or replace trigger stock_levels_kept
  after update or delete on stock_levels
  for each row execute function commerce.keep_stock_level();

create or replace trigger gift_cards_ledger
  after insert or update on gift_cards
  for each row execute function commerce.refuse_sum_change('balance_minor');
create or replace trigger store_credits_ledger
  after insert or update on store_credits
  for each row execute function commerce.refuse_sum_change('balance_minor');

-- Adds movements to their levels. What that sets off is seen here, since a movement is the only thing that can: a level that
-- falls to its mark (its own, or the shop's) is noted for a job, and a job looks after those who wait for what has come back. The
-- jobs have no key: writers of different rows must not wait for each other. The rights are those of the schema's owner, because
-- not everybody who may move stock may write levels and jobs.
create or replace function commerce.add_stock_movements() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  is_complete boolean;
  is_low boolean;
  is_back boolean;
begin
  with movement as (
    select variant, location, sum(delta_on_hand)::integer as on_hand, sum(delta_reserved)::integer as reserved
      from new_rows group by variant, location
  ), moved as (
    update public.stock_levels level
      set on_hand = level.on_hand + movement.on_hand, reserved = level.reserved + movement.reserved, updated_at = now()
      from movement where level.variant = movement.variant and level.location = movement.location
      returning level.variant, level.location, level.low_stock_at, level.on_hand - level.reserved as free,
        level.on_hand - level.reserved - movement.on_hand + movement.reserved as free_before
  ), low as (
    insert into commerce.low_stock_alerts (variant, location)
      select moved.variant, moved.location from moved
        where moved.free < moved.free_before
          and coalesce(moved.low_stock_at, (select settings.low_stock_at from public.shop_settings settings limit 1))
            between moved.free and moved.free_before - 1
          and exists (select from public.product_variants variant where variant.id = moved.variant and variant.track_stock)
      returning id
  ), back as (
    -- Their own shortage may be over, or that of a bundle that needs more of them than there were.
    select from moved where moved.free > moved.free_before and exists (
      select from public.stock_notices notice where notice.notified_at is null and (
        (notice.variant = moved.variant and moved.free_before <= 0)
        or notice.variant in (select item.bundle from public.bundle_items item
          where item.part = moved.variant and moved.free_before < item.quantity)))
  )
  select (select count(*) from movement) = (select count(*) from moved), exists (select from low), exists (select from back)
    into is_complete, is_low, is_back;
  if not is_complete then
    raise exception 'a movement has no stock level: open one first'
      using errcode = 'foreign_key_violation', schema = 'public', table = 'stock_movements', constraint = 'stock_movements_level_foreign';
  end if;
  if is_low then
    perform graphile_worker.add_job('alert-low-stock', '{}'::json, max_attempts := 15);
  end if;
  if is_back then
    perform graphile_worker.add_job('send-stock-notices', '{}'::json, max_attempts := 15);
  end if;
  return null;
end
$$;

create or replace trigger stock_movements_add
  after insert on stock_movements referencing new table as new_rows
  for each statement execute function commerce.add_stock_movements();

create or replace function commerce.add_gift_card_movements() returns trigger
language plpgsql
as $$
begin
  update public.gift_cards card set balance_minor = card.balance_minor + movement.delta_minor, updated_at = now()
    from (select gift_card, sum(delta_minor)::bigint as delta_minor from new_rows group by gift_card) movement
    where card.id = movement.gift_card;
  return null;
end
$$;

create or replace trigger gift_card_movements_add
  after insert on gift_card_movements referencing new table as new_rows
  for each statement execute function commerce.add_gift_card_movements();

create or replace function commerce.add_store_credit_movements() returns trigger
language plpgsql
as $$
begin
  update public.store_credits credit set balance_minor = credit.balance_minor + movement.delta_minor, updated_at = now()
    from (select store_credit, sum(delta_minor)::bigint as delta_minor from new_rows group by store_credit) movement
    where credit.id = movement.store_credit;
  return null;
end
$$;

create or replace trigger store_credit_movements_add
  after insert on store_credit_movements referencing new table as new_rows
  for each statement execute function commerce.add_store_credit_movements();

-- The stock of a variant over all its locations, as everybody reads it: what is free at active ones (one below zero counts as
-- none), what is owed anywhere, and whether an active location keeps it at all. Plain enough for Postgres to write it into the
-- statement that asks.
create or replace function commerce.stock_of(variant uuid) returns table (available bigint, owed bigint, has_level boolean)
language sql stable
as $$
  select coalesce(sum(greatest(level.on_hand - level.reserved, 0)) filter (where location.active), 0),
      coalesce(sum(greatest(level.reserved - level.on_hand, 0)), 0),
      coalesce(bool_or(location.active), false)
    from public.stock_levels level join public.stock_locations location on location.id = level.location
    where level.variant = $1
$$;

-- Nothing is sold that is not there: what is available (on hand less reserved) of a variant that tracks stock never falls
-- below zero, over all its locations not below its backorder limit where it takes backorders. Looks at the variant only when
-- the row would go below. The columns are compared here, not in a WHEN clause, because one there would block any later ALTER
-- of these columns; and AFTER the change, because BEFORE INSERT also sees the proposed row of an upsert that ends as an update.
create or replace function commerce.guard_stock_level() returns trigger
language plpgsql
as $$
begin
  if new.on_hand - new.reserved >= 0 then
    return null;
  end if;
  if tg_op = 'UPDATE' and new.variant = old.variant and new.on_hand - new.reserved >= old.on_hand - old.reserved then
    return null;
  end if;
  if exists (
    select from public.product_variants variant
      where variant.id = new.variant and variant.track_stock
        and (not variant.allow_backorder or variant.backorder_limit < (
          select sum(greatest(level.reserved - level.on_hand, 0)) from public.stock_levels level where level.variant = new.variant))
  ) then
    raise exception 'stock level of variant % at location % would fall below what may be promised', new.variant, new.location
      using errcode = 'check_violation', schema = 'public', table = 'stock_levels', constraint = 'stock_levels_available_check';
  end if;
  return null;
end
$$;

create or replace trigger stock_levels_available
  after insert or update on stock_levels
  for each row execute function commerce.guard_stock_level();

-- A bundle is made of goods that are kept, not of bundles: what is taken from stock is then always one step away. Writers wait
-- for each other here, so that neither misses the other's row.
create or replace function commerce.guard_bundle_item() returns trigger
language plpgsql
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('kontor bundles', 0));
  if exists (select from public.bundle_items item where item.bundle = new.part or item.part = new.bundle) then
    raise exception 'a part of a bundle cannot be a bundle'
      using errcode = 'check_violation', schema = 'public', table = 'bundle_items', constraint = 'bundle_items_nested_check';
  end if;
  return null;
end
$$;

create or replace trigger bundle_items_guard
  after insert or update on bundle_items
  for each row execute function commerce.guard_bundle_item();

-- A code belongs to one promotion, whether it is the promotion's own or one of its list. Writers of codes wait for each other
-- here, so that neither misses the other's row; one lock for all, since a list of ten thousand would need as many.
create or replace function commerce.guard_promotion_code() returns trigger
language plpgsql
as $$
declare
  given text := upper(btrim(new.code));
begin
  if given is null or (tg_op = 'UPDATE' and given = upper(btrim(old.code))) then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('kontor promotion codes', 0));
  if (tg_table_name = 'promotions' and exists (select from public.promotion_codes where upper(btrim(code)) = given))
    or (tg_table_name = 'promotion_codes' and exists (select from public.promotions where upper(btrim(code)) = given)) then
    raise exception 'code % is taken', given
      using errcode = 'unique_violation', schema = 'public', table = tg_table_name, constraint = tg_table_name || '_code_key';
  end if;
  return null;
end
$$;

create or replace trigger promotions_code_guard
  after insert or update on promotions
  for each row execute function commerce.guard_promotion_code();
create or replace trigger promotion_codes_guard
  after insert or update on promotion_codes
  for each row execute function commerce.guard_promotion_code();

-- Whoever gives a promotion a code does not mean to give it to everybody: a code makes it ask for one.
create or replace function commerce.require_own_code() returns trigger
language plpgsql
as $$
begin
  new.requires_code := new.requires_code or new.code is not null;
  return new;
end
$$;

create or replace trigger promotions_require_code
  before insert or update on promotions
  for each row execute function commerce.require_own_code();

create or replace function commerce.require_listed_codes() returns trigger
language plpgsql
as $$
begin
  update public.promotions set requires_code = true
    where id in (select promotion from new_rows) and not requires_code;
  return null;
end
$$;

create or replace trigger promotion_codes_require
  after insert on promotion_codes referencing new table as new_rows
  for each statement execute function commerce.require_listed_codes();

-- Promotions from before there was such a column.
update promotions set requires_code = true where code is not null and not requires_code;
