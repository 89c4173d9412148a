import { expect, test } from 'vitest';
import { headersFor, strictTransport, treatmentOf } from './security-headers.ts';

const told = (path: string) => Object.fromEntries(headersFor(path)) as Record<string, string>;

test.each(['/store/products', '/items/products', '/nothing', '/assets-of-others', '/administration'])(
  '%s is data, and may do nothing',
  (path) => {
    expect(told(path)['Content-Security-Policy']).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(told(path)['Cross-Origin-Resource-Policy']).toBe('same-origin');
  },
);

test.each(['/assets/1', '/ASSETS/1', '//assets/1'])(
  '%s is a file, and may be shown by other shops',
  (path) => {
    expect(told(path)['Cross-Origin-Resource-Policy']).toBe('cross-origin');
  },
);

test.each(['/admin', '/admin/content/orders', '/docs/redoc'])('%s is a page with its own policy', (path) => {
  expect(told(path)).not.toHaveProperty('Content-Security-Policy');
  expect(told(path)['X-Content-Type-Options']).toBe('nosniff');
});

test.each([
  ['image/png', false],
  ['video/mp4', false],
  ['text/plain; charset=utf-8', false],
  ['application/pdf', false],
  ['image/svg+xml', false],
  ['text/html', true],
  ['TEXT/HTML; charset=utf-8', true],
  ['application/xhtml+xml', true],
  ['text/xml', true],
  ['image/x+xml', true],
  ['text/javascript', true],
  ['', true],
])('a file of the type %j is saved: %s', (type, is_attachment) => {
  expect(treatmentOf(type).is_attachment).toBe(is_attachment);
  expect(treatmentOf(type).policy).toContain("default-src 'none'");
  expect(treatmentOf(type).policy.includes('sandbox')).toBe(type !== 'application/pdf');
});

test.each([
  [{}, null],
  [{ HSTS_ENABLED: false }, null],
  [{ HSTS_ENABLED: true }, 'max-age=31536000'],
  [
    { HSTS_ENABLED: true, HSTS_MAX_AGE: 60, HSTS_INCLUDE_SUB_DOMAINS: true, HSTS_PRELOAD: true },
    'max-age=60; includeSubDomains; preload',
  ],
])('%j asks for encryption with %s', (settings, header) => {
  expect(strictTransport(settings)).toBe(header);
});
