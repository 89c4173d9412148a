-- What the storefront cache hears of beside the catalogue: Directus' own tables that decide what everybody may read and how it
-- looks. Each statement notifies the channel kontor_settings with {"table"}, with the transaction of the change.
-- The triggers look at no column and no row, so that Directus' migrations may change these tables as they like.

create or replace function commerce.note_settings_change() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('kontor_settings', json_build_object('table', tg_table_name)::text);
  return null;
end
$$;

do $$
declare
  watched text;
begin
  foreach watched in array array[
    'directus_permissions', 'directus_policies', 'directus_access', 'directus_roles',
    'directus_collections', 'directus_fields', 'directus_relations',
    'directus_settings', 'directus_translations', 'directus_flows', 'directus_operations',
    'directus_files', 'directus_folders']
  loop
    if to_regclass(format('public.%I', watched)) is not null then
      execute format(
        'create or replace trigger %I after insert or update or delete or truncate on public.%I
           for each statement execute function commerce.note_settings_change()',
        watched || '_settings_notice', watched);
    end if;
  end loop;
end
$$;

-- When the next product is published by the clock. Two columns, because Directus would take one alone for is_indexed.
create index if not exists products_published_at_clock on products (published_at, id) where published_at is not null;
