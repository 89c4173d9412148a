-- What is popular, what is bought together and what is alike: computed by jobs of recommendations/ from orders and the catalogue,
-- read by listings, search and the related products of a page. Everything here can be computed again.

-- Popular now: what sold counts half as much every fourteen days. `score` is the binary logarithm of that sum, counted in half-lives
-- since 1970: all sums fade alike, so their order, and this number, change only for what is sold or taken back, never by time passing.
-- Sort by it as it is (absent: never sold, below everything). What it amounts to at this moment is commerce.popularity_now(score).
create table if not exists commerce.product_popularity (
  product uuid primary key references public.products (id) on delete cascade,
  score real not null,
  units bigint not null,
  computed_at timestamptz not null default now()
);

-- Half-lives of popularity since 1970.
create or replace function commerce.popularity_age(at timestamptz) returns double precision
language sql stable
as $$ select extract(epoch from at)::double precision / (14 * 86400) $$;

-- Recent sales as they weigh now: 1 is one order of one unit a moment ago, 0.5 the same a fortnight ago, 0 never. For boosts in search.
create or replace function commerce.popularity_now(score real) returns double precision
language sql stable
as $$ select coalesce(power(2::double precision, greatest(score - commerce.popularity_age(now()), -100)), 0) $$;

-- The best of what goes with a product, best first. Without foreign keys: millions of rows are written in one go and must not lock
-- products row by row; whoever reads them joins products that can be seen, and those of deleted products go with the next run.
create table if not exists commerce.product_affinities (
  product uuid not null,
  kind text not null check (kind in ('bought_together', 'similar')),
  rank smallint not null check (rank between 1 and 24),
  related uuid not null,
  score real not null,
  primary key (product, kind, rank)
);
create index if not exists product_affinities_related_index on commerce.product_affinities (related, kind);

-- How far each job is, so that one that was killed goes on where it was.
create table if not exists commerce.recommendation_progress (
  job text primary key,
  state jsonb not null,
  updated_at timestamptz not null default now()
);

-- Work tables of the job that counts what is bought together; emptied when it ends. Lost in a crash, and then gathered again.
create unlogged table if not exists commerce.affinity_items (
  item integer primary key,
  product uuid not null,
  -- How often it was bought, as baskets weigh, and in how many baskets.
  bought double precision not null,
  lines integer not null
);
create unlogged table if not exists commerce.affinity_baskets (
  basket integer not null,
  item integer not null,
  weight real not null
);
create index if not exists affinity_baskets_item_index on commerce.affinity_baskets (item) include (basket, weight);
create index if not exists affinity_baskets_basket_index on commerce.affinity_baskets (basket) include (item);

-- What a published product is made of (its categories, brand, tags, option values, words of its name) as hashes, each once, and the length
-- of the vector they are.
create table if not exists commerce.product_features (
  product uuid primary key,
  features bigint[] not null,
  norm real not null
);
create index if not exists product_features_features_index on commerce.product_features using gin (features) with (fastupdate = off);

-- How many products have a feature, and how much a feature of its kind counts.
create table if not exists commerce.feature_counts (
  feature bigint primary key,
  weight real not null,
  products integer not null
);

-- Products to compare anew with others. Unkeyed on purpose: writers of different rows never wait here.
create table if not exists commerce.similarity_changes (
  id bigserial primary key,
  product uuid not null
);

-- Products whose list of similar ones is to be worked out; only the job writes here. One that changed itself may belong into the lists of
-- others, one that is here for the sake of another not.
create table if not exists commerce.similarity_due (
  product uuid primary key,
  is_changed boolean not null
);

create or replace function commerce.note_similarity_change() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into commerce.similarity_changes (product)
    select distinct item::uuid from new_rows where collection = 'products';
  return null;
end
$$;

create or replace trigger catalog_changes_similarity
  after insert on commerce.catalog_changes referencing new table as new_rows
  for each statement execute function commerce.note_similarity_change();
