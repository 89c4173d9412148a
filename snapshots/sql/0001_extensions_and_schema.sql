-- Objects the Directus snapshot cannot say. Every file here may run any number of times, before and after schema
-- applies: it creates what is missing, replaces functions and triggers, and leaves the rest alone.
--
-- What shoppers and merchants never see lives in the schema "commerce": Directus inspects "public" only.

create extension if not exists pg_trgm;

create schema if not exists commerce;

-- Which set-up steps ran, with a hash of what they contained.
create table if not exists commerce.setup_ledger (
  name text primary key,
  hash text not null,
  applied_at timestamptz not null default now()
);

-- Answers kept for retries. A row without an answer is never visible: it is written by the transaction that answers.
create table if not exists commerce.idempotency_keys (
  scope text not null,
  key text not null,
  request_hash text not null,
  status integer,
  response jsonb,
  created_at timestamptz not null default now(),
  primary key (scope, key)
);
create index if not exists idempotency_keys_created_at_index on commerce.idempotency_keys (created_at);

-- Links mailed to people, kept as hashes.
create table if not exists commerce.email_tokens (
  token_hash text primary key,
  "user" uuid not null references public.directus_users (id) on delete cascade,
  purpose text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null default now()
);
create index if not exists email_tokens_user_index on commerce.email_tokens ("user", purpose);
create index if not exists email_tokens_expires_at_index on commerce.email_tokens (expires_at);

-- What changed in the catalogue, for caches and search. Unkeyed on purpose: writers of different rows never wait here.
create table if not exists commerce.catalog_changes (
  id bigserial primary key,
  collection text not null,
  item text not null,
  action text not null,
  at timestamptz not null default now()
);

-- Wrong gift card codes, per minute and over all shoppers: guessing is limited for everybody together.
create table if not exists commerce.gift_card_failures (
  minute timestamptz primary key,
  failures integer not null
);

-- Levels that fell to their mark and that nobody has been told of yet. Written with the movement, drained by a job.
-- Unkeyed on purpose, as above.
create table if not exists commerce.low_stock_alerts (
  id bigserial primary key,
  variant uuid not null,
  location uuid not null,
  at timestamptz not null default now()
);

-- Who a customer is at a provider that keeps methods for them.
create table if not exists commerce.provider_customers (
  provider text not null,
  customer uuid not null references public.customers (id) on delete cascade,
  provider_customer text not null,
  created_at timestamptz not null default now(),
  primary key (provider, customer),
  unique (provider, provider_customer)
);
create index if not exists provider_customers_customer_index on commerce.provider_customers (customer);

-- A customer letting a provider keep a method, from the first question to the provider's answer.
create table if not exists commerce.payment_setups (
  id uuid primary key default gen_random_uuid(),
  customer uuid not null references public.customers (id) on delete cascade,
  provider text not null,
  provider_setup text,
  status text not null default 'pending' check (status in ('pending', 'requires_action', 'succeeded', 'failed', 'cancelled')),
  make_default boolean not null default false,
  payment_method uuid references public.payment_methods (id) on delete set null,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider, provider_setup)
);
create index if not exists payment_setups_customer_list on commerce.payment_setups (customer, created_at desc);
create index if not exists payment_setups_payment_method_index on commerce.payment_setups (payment_method);

create sequence if not exists commerce.order_number_seq as bigint start with 1001;

-- Gives a table of the schema public a CHECK constraint. The definition is remembered as the comment of the
-- constraint, so a changed one replaces it (and fails, leaving the old one, if rows break the new rule).
create or replace function commerce.ensure_check(target text, name text, rule text) returns void
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
declare
  known text;
begin
  select coalesce(obj_description(oid, 'pg_constraint'), '') into known
    from pg_constraint
    where conname = name and contype = 'c' and conrelid = format('public.%I', target)::regclass;
  if known = rule then
    return;
  end if;
  if known is not null then
    execute format('alter table public.%I drop constraint %I', target, name);
  end if;
  execute format('alter table public.%I add constraint %I check (%s)', target, name, rule);
  execute format('comment on constraint %I on public.%I is %L', name, target, rule);
end
$$;

-- Whether a JSON value is a list of tiers: each with `from` of zero or more and a rate or an amount that is not negative.
create or replace function commerce.are_tiers(tiers json) returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select json_typeof(tiers) = 'array' and json_array_length(tiers) > 0 and not exists (
    select from json_array_elements(tiers) tier
      where json_typeof(tier) <> 'object'
        or coalesce((tier ->> 'from')::numeric, -1) < 0
        or num_nonnulls(tier ->> 'value_ppm', tier ->> 'amount_minor') <> 1
        or coalesce((tier ->> 'value_ppm')::numeric, 0) not between 0 and 1000000
        or coalesce((tier ->> 'amount_minor')::numeric, 0) not between 0 and 9007199254740991)
$$;
