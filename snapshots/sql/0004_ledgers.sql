-- The stock ledger and the order timeline are only ever added to. The one change let through is the database's own:
-- deleting a user empties the actor of what that user did.

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

create or replace trigger stock_movements_append_only
  before update or delete on stock_movements
  for each row execute function commerce.refuse_ledger_change();

create or replace trigger order_events_append_only
  before update or delete on order_events
  for each row execute function commerce.refuse_ledger_change();

-- Nothing is sold that is not there: what is available (on hand less reserved) of a variant that tracks stock and
-- takes no backorders never falls below zero. Looks at the variant only when the row would go below. The columns are
-- compared here, not in a WHEN clause, because one there would block any later ALTER of these columns; and AFTER the
-- change, because BEFORE INSERT also sees the proposed row of an upsert that ends as an update.
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
      where variant.id = new.variant and variant.track_stock and not variant.allow_backorder
  ) then
    raise exception 'stock level of variant % at location % would fall below zero', new.variant, new.location
      using errcode = 'check_violation', schema = 'public', table = 'stock_levels', constraint = 'stock_levels_available_check';
  end if;
  return null;
end
$$;

create or replace trigger stock_levels_available
  after insert or update on stock_levels
  for each row execute function commerce.guard_stock_level();
