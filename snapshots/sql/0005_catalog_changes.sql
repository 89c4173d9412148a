-- Every change of the catalogue, whoever makes it, adds rows to commerce.catalog_changes and notifies the channel
-- kontor_catalog once per statement, both with the transaction of the change.
-- Payload: {"collection", "action": insert|update|delete, "items": [keys], "products": [keys]}; a list of more than
-- fifty is null and means all. A change to a part of something is recorded as an update of the whole: of the product, mostly.

drop function if exists commerce.note_catalog_change(text, text, text[], text[]);

create or replace function commerce.note_catalog_change(changed_collection text, change text, items text[], whole text, wholes text[])
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  products text[] := case when whole = 'products' then wholes else '{}' end;
begin
  if items is null then
    return;
  end if;
  if whole is null then
    insert into commerce.catalog_changes (collection, item, action) select changed_collection, item, change from unnest(items) item;
  else
    -- What this transaction has recorded already need not be said again; a row of another may be taken by who has not seen this change.
    insert into commerce.catalog_changes (collection, item, action)
      select whole, part.item, 'update' from unnest(wholes) part (item)
        where not exists (select from commerce.catalog_changes known
          where known.collection = whole and known.item = part.item and known.xmin = pg_current_xact_id()::xid);
  end if;
  perform pg_notify('kontor_catalog', json_build_object(
    'collection', changed_collection,
    'action', change,
    'items', case when cardinality(items) <= 50 then items end,
    'products', case when cardinality(coalesce(products, '{}')) <= 50 then coalesce(products, '{}') end
  )::text);
end
$$;

-- Arguments: the column of the key; and, if the row is a part, the column that names the whole, and the collection that is of.
create or replace function commerce.record_catalog_change() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  sources text[] := case tg_op when 'INSERT' then '{new_rows}' when 'DELETE' then '{old_rows}' else '{new_rows,old_rows}' end;
  items text[];
  wholes text[];
begin
  execute (
    select format('select array_agg(item) from (%s) changed',
                  string_agg(format('select %I::text as item from %I', tg_argv[0], source), ' union '))
      from unnest(sources) source
  ) into items;
  if tg_nargs > 1 and items is not null then
    execute (
      select format('select array_agg(whole) from (%s) changed where whole is not null',
                    string_agg(format(case
                      when tg_argv[1] = 'variant' then 'select variant.product::text as whole from %2$I part join public.product_variants variant on variant.id = part.variant'
                      when tg_argv[1] = 'bundle' then 'select variant.product::text as whole from %2$I part join public.product_variants variant on variant.id = part.bundle'
                      -- Whether a bundle can be bought hangs on its parts.
                      when tg_table_name = 'product_variants' then 'select product::text as whole from %2$I union
                        select bundle.product::text from %2$I part join public.bundle_items item on item.part = part.id
                          join public.product_variants bundle on bundle.id = item.bundle'
                      else 'select %1$I::text as whole from %2$I'
                    end, tg_argv[1], source), ' union '))
        from unnest(sources) source
    ) into wholes;
  end if;
  perform commerce.note_catalog_change(tg_table_name, lower(tg_op), items, case when tg_nargs > 1 then tg_argv[2] end, wholes);
  return null;
end
$$;

do $$
declare
  watched record;
  event record;
begin
  for watched in
    select * from (values
      ('products', '''id'''),
      ('product_variants', '''id'', ''product'', ''products'''),
      ('products_files', '''id'', ''product'', ''products'''),
      ('products_categories', '''id'', ''product'', ''products'''),
      ('products_tags', '''id'', ''product'', ''products'''),
      ('products_translations', '''id'', ''product'', ''products'''),
      ('related_products', '''id'', ''product'', ''products'''),
      ('reviews', '''id'', ''product'', ''products'''),
      ('prices', '''id'', ''variant'', ''products'''),
      ('price_lists', '''id'''),
      ('categories', '''id'''),
      ('categories_translations', '''id'', ''category'', ''categories'''),
      ('brands', '''id'''),
      ('tags', '''id'''),
      ('vendors', '''id'''),
      ('languages', '''code'''),
      ('tax_classes', '''id'''),
      ('tax_rates', '''id'''),
      ('shop_settings', '''id'''),
      ('bundle_items', '''id'', ''bundle'', ''products'''),
      ('stock_locations', '''id''')
    ) as list (name, arguments)
  loop
    for event in
      select * from (values
        ('insert', 'new table as new_rows'),
        ('update', 'old table as old_rows new table as new_rows'),
        ('delete', 'old table as old_rows')
      ) as list (name, tables)
    loop
      execute format(
        'create or replace trigger %I after %s on public.%I referencing %s for each statement execute function commerce.record_catalog_change(%s)',
        watched.name || '_catalog_' || event.name, event.name, watched.name, event.tables, watched.arguments);
    end loop;
  end loop;
end
$$;

-- Counts of stock are not catalogue, but "in stock" is: record when a level turns from available to not, or back. A bundle turns
-- where a part has fewer than it needs; what may be backordered turns below zero, or with its first level. That is said too often
-- rather than not at all: other locations may still have enough.
create or replace function commerce.record_stock_flip() returns trigger
language plpgsql
as $$
declare
  stocked uuid := coalesce(new.variant, old.variant);
  was integer := case when tg_op = 'INSERT' then 0 else old.on_hand - old.reserved end;
  is_now integer := case when tg_op = 'DELETE' then 0 else new.on_hand - new.reserved end;
  products text[];
begin
  if was = is_now and (tg_op = 'UPDATE' or not exists (
      select from public.product_variants variant where variant.id = stocked and variant.allow_backorder)) then
    return null;
  end if;
  -- Most movements are of goods there are enough of.
  if least(was, is_now) > 0 and not exists (
      select from public.bundle_items item where item.part = stocked and item.quantity > least(was, is_now)) then
    return null;
  end if;
  select array_agg(variant.product::text) into products
    from (select stocked as id, 1 as quantity
          union all select item.bundle, item.quantity from public.bundle_items item where item.part = stocked) sold
    join public.product_variants variant on variant.id = sold.id
    where least(was, is_now) < sold.quantity;
  if products is not null then
    perform commerce.note_catalog_change('stock_levels', lower(tg_op), array[coalesce(new.id, old.id)::text], 'products', products);
  end if;
  return null;
end
$$;

create or replace trigger stock_levels_catalog_flip
  after insert or update or delete on stock_levels
  for each row execute function commerce.record_stock_flip();
