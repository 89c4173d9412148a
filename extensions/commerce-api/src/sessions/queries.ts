/** SQL of sessions: Directus' own rows, and what we keep beside them. */
import { changed, row, rows, type Queryable, type Transaction } from '../platform/database.ts';

export interface Standing {
  status: string;
  role: string | null;
  customer: string | null;
  /** Whether the session still lives; true where no session was asked about. */
  is_open: boolean;
}

/** What the database says now of a user and their session. One statement, by primary keys. */
export function standingOf(
  db: Queryable,
  user: string,
  session: string | null,
): Promise<Standing | undefined> {
  return row<Standing>(
    db,
    `select u.status, u.role, c.id as customer,
       ?::uuid is null or exists (select from commerce.sessions s where s.id = ? and s."user" = u.id) as is_open
     from directus_users u left join customers c on c."user" = u.id where u.id = ?`,
    [session, session, user],
  );
}

/** Notes from where a session's newest token was asked for. @returns its id, or undefined where it has ended */
export async function touchSession(
  db: Queryable,
  token_hash: string,
  client: { ip: string | null; user_agent: string | null },
): Promise<string | undefined> {
  const touched = await row<{ id: string }>(
    db,
    `update commerce.sessions set used_at = now(), ip = ?, user_agent = ? where token_hash = ? returning id`,
    [client.ip, client.user_agent, token_hash],
  );
  return touched?.id;
}

export async function deleteToken(db: Queryable, token: string): Promise<void> {
  await changed(db, 'delete from directus_sessions where token = ?', [token]);
}

export interface ReplacedToken {
  session: string;
  user: string;
  /** Whether no parallel request can have sent it: it was replaced long ago, and Directus gives it no more grace either. */
  is_late: boolean;
}

export function replacedToken(
  db: Queryable,
  token_hash: string,
  grace_seconds: number,
): Promise<ReplacedToken | undefined> {
  return row<ReplacedToken>(
    db,
    `select r.session, s."user", r.replaced_at < now() - make_interval(secs => ?)
         and not exists (select from directus_sessions d where d."user" = s."user" and d.expires > now()
           and commerce.session_token_hash(d.token) = r.token_hash) as is_late
     from commerce.replaced_tokens r join commerce.sessions s on s.id = r.session where r.token_hash = ?`,
    [grace_seconds, token_hash],
  );
}

export interface SessionRow {
  id: string;
  ip: string | null;
  user_agent: string | null;
  began_at: Date;
  used_at: Date;
}

/** Live sessions of a user, the one used last first. */
export function sessionsOfUser(db: Queryable, user: string): Promise<SessionRow[]> {
  return rows<SessionRow>(
    db,
    `select s.id, s.ip, s.user_agent, s.began_at, s.used_at from commerce.sessions s
     where s."user" = ? and exists (select from directus_sessions d
       where d."user" = s."user" and d.expires > now() and commerce.session_token_hash(d.token) = s.token_hash)
     order by s.used_at desc, s.id`,
    [user],
  );
}

/** Ends one session of a user: every token that came from its sign-in. Locks Directus' rows before ours, as a refresh does. */
export async function deleteSession(trx: Transaction, user: string, session: string): Promise<void> {
  await changed(
    trx,
    `delete from directus_sessions d using commerce.sessions s
     where s.id = ? and s."user" = ? and d."user" = s."user"
       and (commerce.session_token_hash(d.token) = s.token_hash
         or commerce.session_token_hash(d.token) in (select r.token_hash from commerce.replaced_tokens r where r.session = s.id))`,
    [session, user],
  );
  // A trigger has taken ours along, unless a refresh came between: without this row its new token opens nothing.
  await changed(trx, 'delete from commerce.sessions where id = ? and "user" = ?', [session, user]);
}

export async function hasSession(db: Queryable, user: string, session: string): Promise<boolean> {
  const known = await row(db, 'select 1 from commerce.sessions where id = ? and "user" = ?', [session, user]);
  return known !== undefined;
}

/** The ids of a user's sessions but for one, dead ones that nobody cleared away included. */
export async function sessionIdsBut(db: Queryable, user: string, kept: string | null): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    'select id from commerce.sessions where "user" = ? and id is distinct from ? order by id',
    [user, kept],
  );
  return found.map(({ id }) => id);
}

export interface Audited {
  action: string;
  user: string;
  item: string;
  collection: string;
  ip: string | null;
  user_agent: string | null;
}

/** A line in Directus' activity log. */
export async function insertActivity(db: Queryable, line: Audited): Promise<void> {
  await changed(
    db,
    `insert into directus_activity (action, "user", collection, item, ip, user_agent) values (?, ?, ?, ?, ?, ?)`,
    [line.action, line.user, line.collection, line.item, line.ip, line.user_agent],
  );
}

export function accountOfCustomer(
  db: Queryable,
  customer: string,
): Promise<{ user: string | null; role: string | null } | undefined> {
  return row(
    db,
    `select c."user", u.role from customers c left join directus_users u on u.id = c."user" where c.id = ?`,
    [customer],
  );
}

/** Replaced tokens nobody can hold any longer: their sessions went on for a month without them. */
export async function deleteReplacedTokens(db: Queryable, days: number): Promise<number> {
  return changed(
    db,
    'delete from commerce.replaced_tokens where replaced_at < now() - make_interval(days => ?)',
    [days],
  );
}
