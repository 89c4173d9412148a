-- What storefronts list, worked out beforehand: a projection of the catalogue, kept by listings/ from commerce.catalog_changes. Everything
-- here can be computed again (npm run kontor -- reindex). No foreign keys: a product that goes is taken out like any other change.

-- What has been worked out. A version is given anew each time, so that what was built before it is known to be old.
create sequence if not exists commerce.listing_version_seq as bigint;
create table if not exists commerce.listed_products (
  product uuid primary key,
  version bigint not null,
  -- When something it shows next begins or ends by the clock.
  due_at timestamptz,
  -- Of the words it can be found by.
  text_hash text
);
create index if not exists listed_products_version_index on commerce.listed_products (version);
create index if not exists listed_products_due_at_index on commerce.listed_products (due_at) where due_at is not null;

-- One row for each product that can be seen, and each currency it is sold in.
create table if not exists commerce.listings (
  currency text not null,
  product uuid not null,
  newest_at timestamptz not null,
  price_from_minor bigint not null,
  price_to_minor bigint not null,
  name_key text collate "C" not null,
  -- Locale → key, for those languages anything is translated into.
  name_keys jsonb not null default '{}',
  rating real,
  rating_count integer not null,
  popularity real,
  in_stock boolean not null,
  featured boolean not null,
  sort integer,
  brand uuid,
  -- Every category it is in, with those above; its brand; its tags; all products.
  shelves uuid[] not null,
  -- What is counted of it, "facet:value": category, brand and tag by key, option by "Name=Value", price by the start of its step.
  facets text[] not null,
  -- As in the entries of shelves.
  age_rank bigint not null,
  featured_rank bigint not null,
  popularity_rank bigint not null,
  rating_rank bigint not null,
  primary key (currency, product)
);
create index if not exists listings_facets_search on commerce.listings using gin (facets) with (gin_pending_list_limit = 256);
create index if not exists listings_price_list on commerce.listings (currency, price_from_minor);
create index if not exists listings_product_index on commerce.listings (product);

-- A shelf is one place a listing is read from: a category with all below it, a brand, a tag, or (all zeros) all products. Columns called
-- rank sort ascending, best first. Each order has its index, so that a page is read in order, whatever the shelf's size.
create table if not exists commerce.shelf_entries (
  shelf uuid not null,
  currency text not null,
  product uuid not null,
  age_rank bigint not null,
  price_minor bigint not null,
  name_key text collate "C" not null,
  featured_rank bigint not null,
  popularity_rank bigint not null,
  rating_rank bigint not null,
  primary key (product, currency, shelf)
);
-- As it was first made; a change of these wrote every entry of a product anew, for nobody to read.
alter table commerce.shelf_entries drop column if exists rating, drop column if exists in_stock, drop column if exists featured;
create index if not exists shelf_entries_newest_list on commerce.shelf_entries (shelf, currency, age_rank, product);
create index if not exists shelf_entries_price_list on commerce.shelf_entries (shelf, currency, price_minor, product);
create index if not exists shelf_entries_name_list on commerce.shelf_entries (shelf, currency, name_key, product);
create index if not exists shelf_entries_featured_list on commerce.shelf_entries (shelf, currency, featured_rank, age_rank, product);
create index if not exists shelf_entries_popular_list on commerce.shelf_entries (shelf, currency, popularity_rank, age_rank, product);
create index if not exists shelf_entries_rating_list on commerce.shelf_entries (shelf, currency, rating_rank, age_rank, product);

-- The same in the order of names in another language, once anything is translated into it.
create table if not exists commerce.shelf_names (
  shelf uuid not null,
  currency text not null,
  locale text not null,
  name_key text collate "C" not null,
  product uuid not null,
  primary key (shelf, currency, locale, name_key, product)
);
-- Languages that names are sorted in, and the version all products must be past before that holds for each of them.
create table if not exists commerce.listing_locales (
  locale text primary key,
  since_version bigint not null
);

-- How many products each shelf shows of each value, and in all (facet "total", value ""), and how many of them can be bought now: what shoppers
-- narrow by most, so that it is counted as fast as the shelf itself.
create table if not exists commerce.shelf_facets (
  shelf uuid not null,
  currency text not null,
  facet text not null,
  value text not null,
  products integer not null,
  in_stock integer not null default 0,
  primary key (shelf, currency, facet, value)
);
-- As it was first made; what is listed already is counted once.
do $$
begin
  if exists (select from pg_attribute where attrelid = 'commerce.shelf_facets'::regclass and attname = 'in_stock') then return; end if;
  alter table commerce.shelf_facets add column in_stock integer not null default 0;
  update commerce.shelf_facets f set in_stock = counted.products
  from (
    select shelf, currency, facet, count(*) as products
    from commerce.listings, unnest(shelves) shelf, unnest(array_append(facets, 'total:')) facet
    where in_stock group by shelf, currency, facet) counted
  where f.shelf = counted.shelf and f.currency = counted.currency and f.facet || ':' || f.value = counted.facet;
end
$$;
create index if not exists shelf_facets_top_list on commerce.shelf_facets (shelf, currency, facet, products desc);

-- Ready answers: the card of a list and the page of a product, as JSON. The original language has the empty locale. A file kept by the
-- shop is written with a mark in place of the shop's address.
create table if not exists commerce.listing_documents (
  product uuid not null,
  currency text not null,
  locale text not null,
  kind text not null check (kind in ('card', 'page')),
  body text not null,
  -- Other products and rows it tells of.
  depends uuid[] not null default '{}',
  primary key (product, currency, locale, kind)
-- Kept in the row and as they are, as far as a block holds them: unpacking costs more than reading.
) with (toast_tuple_target = 8160);
create index if not exists listing_documents_depends_search on commerce.listing_documents using gin (depends) where depends <> '{}';

-- The queue is written and emptied all day: it is tidied up early, and asked by these.
create index if not exists catalog_changes_product_index on commerce.catalog_changes (item) where collection = 'products';
create index if not exists catalog_changes_wide_index on commerce.catalog_changes (id) where collection <> 'products';
alter table commerce.catalog_changes set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000);
