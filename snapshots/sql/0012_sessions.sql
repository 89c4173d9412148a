-- What Directus does not keep of a session: which sign-in a token descends from, and which tokens were replaced. A row of
-- commerce.sessions is a sign-in from its first token to its last, whatever route or service made them; it ends with the last token.
-- Tokens stand here as hashes only: 64 random characters cannot be guessed back.

create table if not exists commerce.sessions (
  id uuid primary key,
  "user" uuid not null references public.directus_users (id) on delete cascade,
  token_hash text not null unique,
  ip text,
  user_agent text,
  began_at timestamptz not null default now(),
  used_at timestamptz not null default now()
);
create index if not exists sessions_user_list on commerce.sessions ("user", used_at desc);

create table if not exists commerce.replaced_tokens (
  token_hash text primary key,
  session uuid not null references commerce.sessions (id) on delete cascade,
  replaced_at timestamptz not null default now()
);
create index if not exists replaced_tokens_session_index on commerce.replaced_tokens (session);
create index if not exists replaced_tokens_replaced_at_index on commerce.replaced_tokens (replaced_at);

create or replace function commerce.session_token_hash(token text) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select encode(sha256(convert_to(token, 'UTF8')), 'hex') $$;

-- The id of the session that begins with a token. Access tokens carry it, which are signed before the session's row is written.
create or replace function commerce.session_id(first_token text) returns uuid
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select (left(hex, 12) || '8' || substr(hex, 14, 3) || '8' || substr(hex, 18, 15))::uuid
    from encode(sha256(convert_to('kontor session ' || first_token, 'UTF8')), 'hex') hex
$$;

-- Directus replaces a token in its row; of cookie sessions it makes the next row first known to the old one, which lives a few
-- seconds more. Share links have sessions without a user, which nobody lists.
create or replace function commerce.follow_session() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  ours uuid;
begin
  if tg_op = 'TRUNCATE' then
    delete from commerce.sessions;
    return null;
  end if;
  if tg_op = 'DELETE' then
    delete from commerce.sessions
      where "user" = old."user" and token_hash = commerce.session_token_hash(old.token);
    return null;
  end if;
  if new."user" is null then
    return null;
  end if;
  if tg_op = 'INSERT' then
    update commerce.sessions s
      set token_hash = commerce.session_token_hash(new.token), used_at = now(), ip = new.ip, user_agent = new.user_agent
      from public.directus_sessions before
      where before."user" = new."user" and before.next_token = new.token
        and s.token_hash = commerce.session_token_hash(before.token);
    if not found then
      insert into commerce.sessions (id, "user", token_hash, ip, user_agent)
        values (commerce.session_id(new.token), new."user", commerce.session_token_hash(new.token), new.ip, new.user_agent)
        on conflict do nothing;
    end if;
    return null;
  end if;
  if new.token = old.token and new.next_token is not distinct from old.next_token then
    return null;
  end if;
  select id into ours from commerce.sessions where token_hash = commerce.session_token_hash(old.token);
  if ours is not null then
    insert into commerce.replaced_tokens (token_hash, session)
      values (commerce.session_token_hash(old.token), ours) on conflict do nothing;
    if new.token <> old.token then
      update commerce.sessions set token_hash = commerce.session_token_hash(new.token), used_at = now() where id = ours;
    end if;
  end if;
  return null;
end
$$;

create or replace trigger directus_sessions_follow
  after insert or update or delete on public.directus_sessions
  for each row execute function commerce.follow_session();

create or replace trigger directus_sessions_forget
  after truncate on public.directus_sessions
  for each statement execute function commerce.follow_session();

-- Sessions from before this file.
insert into commerce.sessions (id, "user", token_hash, ip, user_agent)
  select commerce.session_id(token), "user", commerce.session_token_hash(token), ip, user_agent
    from public.directus_sessions
    where "user" is not null and next_token is null and expires > now()
  on conflict do nothing;

-- Whoever may not sign in has no sessions, whoever says so: the admin app, the limit of attempts, SQL by hand.
create or replace function commerce.end_sessions_of_inactive() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.directus_sessions where "user" = new.id;
  return null;
end
$$;

create or replace trigger directus_users_end_sessions
  after update on public.directus_users
  for each row when (new.status <> 'active' and old.status is distinct from new.status)
  execute function commerce.end_sessions_of_inactive();
