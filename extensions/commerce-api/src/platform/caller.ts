/** Who is calling, as far as Kontor cares: a Directus user, the customer behind it, and whether they are staff. */
import { createHmac } from 'node:crypto';
import type { Request } from 'express';
import { row } from './database.ts';
import { ROLES, type StaffRole } from './roles.ts';
import { keyFor } from './secrets.ts';
import type { Shop } from './shop.ts';

export interface Caller {
  /** Directus user, when a valid token came. */
  user: string | null;
  customer: string | null;
  /** Staff by role; administrators may do what any of them may. */
  staff_role: StaffRole | 'admin' | null;
  /** Keyed hash of the network address: enough to count by, not enough to find a person. */
  network_hash: string;
  /** The session their access token is of, when it came from a sign-in. */
  session: string | null;
  /** The raw address and agent, for a new session's row and for the activity log. */
  ip: string | null;
  user_agent: string | null;
}

/** Who is asking, as Directus' authentication and the flows of a merchant say it. */
export interface Accountability {
  user: string | null;
  role: string | null;
  roles: string[];
  admin: boolean;
  /** Whether a policy that holds for this caller, here, opens the admin app. */
  app: boolean;
  ip: string | null;
  userAgent?: string | null;
}

export type Person = Pick<Caller, 'user' | 'customer' | 'staff_role'>;

const NOBODY: Person = { user: null, customer: null, staff_role: null };

/** What the database says of the user of a request. */
export interface Known {
  customer: string | null;
  role: string | null;
  session: string | null;
}

const known_by_request = new WeakMap<object, Known>();

/** Keeps what was read when the request came in, so that nobody reads it again. */
export function rememberKnown(req: object, known: Known): void {
  known_by_request.set(req, known);
}

/** Reads the caller from what Directus' authentication left on the request. */
export async function identify(shop: Shop, req: Request): Promise<Caller> {
  const { accountability } = req as Request & { accountability?: Accountability };
  const ip = accountability?.ip ?? req.ip ?? null;
  const known = known_by_request.get(req);
  return {
    ...(accountability ? await personOf(shop, accountability, known) : NOBODY),
    session: known?.session ?? null,
    network_hash: createHmac('sha256', keyFor(shop.env, 'network'))
      .update(ip ?? '')
      .digest('base64url'),
    ip,
    user_agent: accountability?.userAgent ?? null,
  };
}

/**
 * The person behind a request or a flow. A suspended user is nobody.
 * @param read what is known of an active user already; asked of the database where it is not given
 */
export async function personOf(
  shop: Shop,
  accountability: Accountability,
  read?: Pick<Known, 'customer' | 'role'>,
): Promise<Person> {
  if (!accountability.user) return NOBODY;
  const known = read ?? (await activeUser(shop, accountability.user));
  if (!known) return NOBODY;
  const is_admin = accountability.admin && known.role === accountability.role;
  return {
    user: accountability.user,
    customer: known.customer,
    // A merchant may bind a staff policy to addresses, or take it from its role: then the role alone opens nothing.
    staff_role: is_admin ? 'admin' : accountability.app ? staffRole(known.role) : null,
  };
}

function activeUser(shop: Shop, user: string): Promise<Pick<Known, 'customer' | 'role'> | undefined> {
  return row(
    shop.db,
    `select c.id as customer, u.role from directus_users u left join customers c on c.user = u.id
     where u.id = ? and u.status = 'active'`,
    [user],
  );
}

function staffRole(role: string | null): StaffRole | null {
  if (role === ROLES.order_staff) return 'order_staff';
  return role === ROLES.catalogue_staff ? 'catalogue_staff' : null;
}
