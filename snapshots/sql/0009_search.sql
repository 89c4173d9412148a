-- What the search of the shop itself looks things up in: an index of words, kept by search/ for listings/. Everything here can be computed
-- again (npm run kontor -- reindex). No foreign keys: it is written in bulk, and a product that goes is taken out like any other change.
--
-- Not tsvector and ts_rank: those know nothing of how rare a word is, and reading the best of a common word means reading them all.

-- A language products have texts in. The original texts are the language with the empty code.
create table if not exists commerce.search_languages (
  id smallint generated always as identity primary key,
  code text not null unique,
  -- How many documents there are, so that rare can be told from common.
  documents integer not null default 0
);

-- Stems, and how many documents of the language have each. Those nothing has any more stay until the index is built anew.
create table if not exists commerce.search_terms (
  id integer generated always as identity primary key,
  language smallint not null,
  term text collate "C" not null,
  documents integer not null default 0,
  unique (language, term)
) with (fillfactor = 80);

-- The words of names, brands, categories, tags and options as they are written, for what is typed wrong or only begun.
create table if not exists commerce.search_words (
  language smallint not null,
  word text collate "C" not null,
  term integer not null,
  -- The power of two below the number of documents of its term: orders words well enough, and seldom changes.
  magnitude smallint not null default 0,
  primary key (language, word)
) with (fillfactor = 80);
create index if not exists search_words_begin_list on commerce.search_words (language, left(word, 3), magnitude desc);
create index if not exists search_words_term_index on commerce.search_words (term);

-- What is left of a word's first nine letters without up to so many of them: two words that are so many letters apart have one of these in
-- common (the symmetric deletes of W. Garbe's SymSpell). Looking them up costs the same in a vocabulary of any size; pieces of three letters
-- are shared by thousands of words in a large one, and by too few where two letters of a short word were swapped. In PL/pgSQL, since a
-- function in SQL is planned anew in each statement, which takes longer than its work.
create or replace function commerce.search_spellings(word text, distance integer) returns integer[]
language plpgsql immutable parallel safe as $$
declare
  letters text := left(word, 9);
  fewer text;
  spellings integer[] := array[hashtext(letters)];
begin
  for i in 1 .. length(letters) loop
    fewer := overlay(letters placing '' from i for 1);
    spellings := spellings || hashtext(fewer);
    if distance = 2 then
      for j in i .. length(fewer) loop
        spellings := spellings || hashtext(overlay(fewer placing '' from j for 1));
      end loop;
    end if;
  end loop;
  return spellings;
end $$;

-- Two letters may be wrong in words of eight letters or more: those that are meant have six at least. Numbers are not mistyped into other
-- numbers: 128 is no 126.
create index if not exists search_words_spelling_search on commerce.search_words
  using gin (commerce.search_spellings(word, case when length(word) < 6 then 1 else 2 end))
  where length(word) between 4 and 24 and word !~ '[0-9]';
-- Its forerunner, by pieces of three letters.
drop index if exists commerce.search_words_word_search;

-- A product in one language, and how much it is about each of its terms: five zeros, then for each term five bytes for its key and one for
-- its impact. Only the first byte of a key has its highest bit set, so that position() finds keys and nothing else; it is several times
-- as fast as array_position(). Terms below zero are pairs of neighbours in the name.
create table if not exists commerce.search_documents (
  id integer generated always as identity primary key,
  product uuid not null,
  language smallint not null,
  -- Per cent: what is sold, liked and in stock comes a little before what is not.
  prior smallint not null,
  -- Of what it was made from: most changes of a product leave its words alone.
  digest bytea not null,
  entries bytea not null,
  unique (product, language)
-- Kept in the row and as they are, as far as a block holds them: unpacking costs more than reading.
) with (toast_tuple_target = 8160);

-- Which documents have a term, best first: read by its key until there are enough. A tier is a sixteenth of the scale of impacts; a block is
-- 8192 documents, so that a change rewrites little and a common term needs few rows.
create table if not exists commerce.search_postings (
  term integer not null,
  tier smallint not null,
  block integer not null,
  documents integer[] not null,
  primary key (term, tier, block)
) with (fillfactor = 80);

-- What of a SKU, a barcode and of what is typed counts when codes are compared.
create or replace function commerce.search_code(code text) returns text
language sql immutable parallel safe
return upper(regexp_replace(code, '[^0-9A-Za-z]', '', 'g'));

-- The power of two below a number of documents. What its body names was looked up when it was made, so that it needs no search_path of its
-- own and costs no call.
create or replace function commerce.search_magnitude(documents integer) returns smallint
language sql immutable parallel safe
return greatest(width_bucket(documents, array[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072,
  262144, 524288, 1048576, 2097152, 4194304, 8388608, 16777216, 33554432, 67108864, 134217728, 268435456, 536870912, 1073741824]) - 1, 0)::smallint;

-- Whether a JSON value is a list of at least so many words or phrases.
create or replace function commerce.are_search_words(words json, fewest integer) returns boolean
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select json_typeof(words) = 'array' and json_array_length(words) between fewest and 50 and not exists (
    select from json_array_elements_text(words) word where coalesce(trim(word), '') = '' or length(word) > 100)
$$;

create index if not exists product_variants_sku_code_index on public.product_variants ((commerce.search_code(sku) collate "C"))
  where status = 'published';
create index if not exists product_variants_barcode_code_index on public.product_variants ((commerce.search_code(barcode) collate "C"))
  where status = 'published' and barcode is not null;
-- Suggestions look for words inside the names of categories and brands.
create index if not exists categories_name_search on public.categories using gin (lower(name) gin_trgm_ops);
create index if not exists brands_name_search on public.brands using gin (lower(name) gin_trgm_ops);

select commerce.ensure_check('search_synonyms', 'search_synonyms_kind_check', $$kind in ('both_ways', 'one_way')$$);
-- One way needs a word that leads to the others; both ways at least two that lead to each other.
select commerce.ensure_check('search_synonyms', 'search_synonyms_words_check',
  $$commerce.are_search_words(words, case when kind = 'one_way' then 1 else 2 end)$$);
select commerce.ensure_check('search_synonyms', 'search_synonyms_word_check', $$kind = 'both_ways' or coalesce(trim(word), '') <> ''$$);
select commerce.ensure_check('search_stop_words', 'search_stop_words_word_check', $$word ~ '^\S+$'$$);
select commerce.ensure_check('shop_settings', 'shop_settings_search_language_check', $$search_language ~ '^[a-z]{2}$|^other$'$$);
create unique index if not exists search_stop_words_word_key on public.search_stop_words (lower(word), coalesce(language, ''));
create index if not exists search_stop_words_language_index on public.search_stop_words (language);
create index if not exists search_synonyms_language_index on public.search_synonyms (language);

-- Merchants' words count at once: whoever searches compares this number with the one of the words it knows.
create table if not exists commerce.search_rules (
  is_only boolean primary key default true check (is_only),
  version bigint not null
);
insert into commerce.search_rules (version) values (1) on conflict do nothing;

-- What is kept of searches is stale as well: products null means all of the catalogue. Nothing of a product changes, so none is listed anew.
create or replace function commerce.note_search_rules() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update commerce.search_rules set version = version + 1;
  perform pg_notify('kontor_catalog', json_build_object(
    'collection', tg_table_name, 'action', lower(tg_op), 'items', null, 'products', null)::text);
  return null;
end
$$;
create or replace trigger search_synonyms_rules after insert or update or delete on public.search_synonyms
  for each statement execute function commerce.note_search_rules();
create or replace trigger search_stop_words_rules after insert or update or delete on public.search_stop_words
  for each statement execute function commerce.note_search_rules();

-- Another language has other stems: every product is indexed anew.
create or replace function commerce.index_in_new_language() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update commerce.search_rules set version = version + 1;
  insert into commerce.catalog_changes (collection, item, action) select 'products', id::text, 'update' from public.products;
  return null;
end
$$;
create or replace trigger shop_settings_search_language after update of search_language on public.shop_settings
  for each row when (old.search_language is distinct from new.search_language)
  execute function commerce.index_in_new_language();
