-- Directus compares e-mail addresses in code; two sign-ups at the same moment need the database to.
create unique index if not exists directus_users_lower_email_key on directus_users (lower(email));

-- Each sign-in deletes expired sessions and a password change deletes those of one user. Two columns each, so that
-- Directus does not take them for its own single-column indexes.
create index if not exists directus_sessions_expires_list on directus_sessions (expires, token);
create index if not exists directus_sessions_user_list on directus_sessions ("user", expires);

-- What the register said was said of the VAT id that stood there then, whoever writes another.
create or replace function commerce.forget_vat_check() returns trigger
language plpgsql
as $$
begin
  if new.vat_id is distinct from old.vat_id then
    new.vat_id_status := 'unchecked';
    new.vat_id_checked_at := null;
  end if;
  return new;
end
$$;

create or replace trigger customers_vat_check
  before update on customers
  for each row execute function commerce.forget_vat_check();
