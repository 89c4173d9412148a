/** A client of the running shop, for tests that look at answers rather than throw them. */
import { randomUUID } from 'node:crypto';

export interface Reply {
  status: number;
  /** What `data` holds; each caller knows its shape. */
  data: ReturnType<typeof JSON.parse>;
  code: string | undefined;
  extensions: Record<string, unknown>;
  text: string;
}

export interface Keys {
  /** A customer's or staff member's JWT. */
  token?: string | undefined;
  cart_token?: string | undefined;
  order_token?: string | undefined;
  idempotency_key?: string | undefined;
}

export type Call = (method: string, path: string, body?: unknown, keys?: Keys) => Promise<Reply>;

export function clientOf(url: string): Call {
  return (method, path, body, keys = {}) =>
    send(`${url}${path}`, {
      method,
      headers: { ...headersOf(keys), ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
}

/** Sends what no well-meaning client would. Two answers that say the same are the same: ids of requests are left out. */
export async function send(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, init);
  const text = withoutRequestId(await response.text());
  const { data, errors } = parsed(text) as {
    data?: unknown;
    errors?: { extensions?: Record<string, unknown> }[];
  };
  const extensions = errors?.[0]?.extensions ?? {};
  return { status: response.status, data, code: extensions['code'] as string | undefined, extensions, text };
}

export function headersOf({ token, cart_token, order_token, idempotency_key }: Keys): Record<string, string> {
  return {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(cart_token && { 'x-cart-token': cart_token }),
    ...(order_token && { 'x-order-token': order_token }),
    ...(idempotency_key && { 'idempotency-key': idempotency_key }),
  };
}

/** What an error says to everybody: not which request it was. */
export function withoutRequestId(text: string): string {
  return text.replace(/,"request_id":"[^"]*"/g, '');
}

function parsed(text: string): object {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    return {};
  }
}

export interface Customer {
  token: string;
  email: string;
}

export async function aCustomer(
  call: Call,
  cart?: { id: string; token: string },
): Promise<Customer & { cart: string | null }> {
  const email = `ada-${randomUUID()}@example.com`;
  const { status, data, text } = await call('POST', '/store/auth/register', {
    email,
    password: 'tulips-on-tuesday',
    ...(cart && { cart }),
  });
  if (status !== 201) throw new Error(`registering answered ${status} ${text}`);
  return { token: data.access_token, email, cart: data.cart };
}
