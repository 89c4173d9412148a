-- Codes and tokens that were derived from a SECRET which has been replaced since: encrypted under the present one, so that they can be
-- mailed and shown again. Written by `npm run kontor -- rotate-secret`; all others are derived and stand nowhere.
create table if not exists commerce.sealed_secrets (
  kind text not null check (kind in ('gift-card-code', 'order-token')),
  id uuid not null,
  sealed text not null,
  primary key (kind, id)
);
