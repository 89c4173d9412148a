/** Requests as a proxy in front of the shop passes them on, each from an address of its own choosing. */
import { randomInt } from 'node:crypto';

export interface Limited {
  status: number;
  /** What `data` holds; each caller knows its shape. */
  data: ReturnType<typeof JSON.parse>;
  code: string | undefined;
  /** The class that was used up. */
  class: string | undefined;
  headers: Headers;
  text: string;
}

export interface Asking {
  from?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** An address nobody else asks from. */
export function anAddress(): string {
  return [10, ...Array.from({ length: 3 }, () => randomInt(1, 255))].join('.');
}

export async function askFrom(
  url: string,
  method: string,
  path: string,
  { from, body, headers }: Asking = {},
): Promise<Limited> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(from !== undefined && { 'x-forwarded-for': from }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const { data, errors } = parsed(text) as {
    data?: unknown;
    errors?: { extensions?: Record<string, string> }[];
  };
  const extensions = errors?.[0]?.extensions ?? {};
  const { code, class: of } = extensions;
  return { status: response.status, data, code, class: of, headers: response.headers, text };
}

function parsed(text: string): object {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    return {};
  }
}
