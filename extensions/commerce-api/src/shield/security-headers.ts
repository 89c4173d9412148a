/** What every answer tells a browser about itself. Pages bring policies of their own; all else is data and may do nothing. */
import type { ServerResponse } from 'node:http';
import { plainPath } from '../core/plain-path.ts';

export interface TransportSettings {
  PUBLIC_URL?: unknown;
  HSTS_ENABLED?: unknown;
  HSTS_MAX_AGE?: unknown;
  HSTS_INCLUDE_SUB_DOMAINS?: unknown;
  HSTS_PRELOAD?: unknown;
}

type Headers = readonly (readonly [name: string, value: string])[];

const NO_DEVICES =
  'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()';
const YEAR_S = 31_536_000;

/** Of answers that are data. */
export const DATA_HEADERS: Headers = [
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Permissions-Policy', NO_DEVICES],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  // Storefronts read with CORS, which this does not touch; it keeps answers out of pages that embed them unread.
  ['Cross-Origin-Resource-Policy', 'same-origin'],
];

/** Of pages: the admin app keeps the policy of Directus' settings and shows maps; `/docs` sets a stricter one itself. */
const PAGE_HEADERS: Headers = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'SAMEORIGIN'],
  ['Referrer-Policy', 'same-origin'],
  ['Permissions-Policy', NO_DEVICES.replace('geolocation=()', 'geolocation=(self)')],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
];

/** Of files: shops on other hosts show them. What of them may be shown is said once their type is known. */
const FILE_HEADERS: Headers = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['Permissions-Policy', NO_DEVICES],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'cross-origin'],
];

export function headersFor(path: string): Headers {
  if (isBelow(path, '/assets')) return FILE_HEADERS;
  return isBelow(path, '/admin') || isBelow(path, '/docs') ? PAGE_HEADERS : DATA_HEADERS;
}

export function isFilePath(path: string): boolean {
  return isBelow(path, '/assets');
}

function isBelow(path: string, root: string): boolean {
  const plain = plainPath(path);
  return plain === root || plain.startsWith(`${root}/`);
}

/** `Strict-Transport-Security`, where the settings want it; null elsewhere. */
export function strictTransport(settings: TransportSettings): string | null {
  if (settings.HSTS_ENABLED !== true) return null;
  const max_age = Number(settings.HSTS_MAX_AGE ?? YEAR_S);
  return [
    `max-age=${max_age}`,
    ...(settings.HSTS_INCLUDE_SUB_DOMAINS === true ? ['includeSubDomains'] : []),
    ...(settings.HSTS_PRELOAD === true ? ['preload'] : []),
  ].join('; ');
}

export interface FileTreatment {
  policy: string;
  /** Saved rather than shown. */
  is_attachment: boolean;
}

const SANDBOXED = "default-src 'none'; frame-ancestors 'self'; sandbox";

/**
 * What may be done with a file of a type that whoever uploaded it chose. A drawing may style itself; pages, scripts and what is not
 * known are saved, never shown below the shop's own address. PDF readers of browsers do not run in a sandbox, and need none.
 */
export function treatmentOf(content_type: string): FileTreatment {
  const type = (content_type.split(';')[0] ?? '').trim().toLowerCase();
  if (type === 'image/svg+xml')
    return {
      policy: "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox",
      is_attachment: false,
    };
  if (type === 'application/pdf')
    return { policy: "default-src 'none'; frame-ancestors 'self'", is_attachment: false };
  const is_shown =
    /^(image|audio|video|font)\/[^+]+$/.test(type) || type === 'text/plain' || type === 'application/json';
  return { policy: SANDBOXED, is_attachment: !is_shown };
}

/** Decides by the type it is about to be sent with what a browser may do with a file. */
export function guardFile(res: ServerResponse): void {
  const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => ServerResponse;
  res.writeHead = (...args: unknown[]) => {
    const { policy, is_attachment } = treatmentOf(textOf(res.getHeader('Content-Type')));
    res.setHeader('Content-Security-Policy', policy);
    const disposition = textOf(res.getHeader('Content-Disposition'));
    if (is_attachment && res.statusCode < 300)
      res.setHeader('Content-Disposition', disposition.replace(/^(inline)?/, 'attachment'));
    return writeHead(...args);
  };
}

function textOf(header: number | string | string[] | undefined): string {
  return header === undefined ? '' : String(header);
}
