import { describe, expect, test } from 'vitest';
import { isAllowed, pathTable, publicRows } from './path-table.ts';
import { PATHS } from './paths.ts';

const decide = pathTable(PATHS);

describe('the table of paths', () => {
  test.each([
    ['GET', '/items/products', 'anyone'],
    ['HEAD', '/items/products', 'anyone'],
    ['GET', '/ITEMS//products/', 'anyone'],
    ['POST', '/items/orders', 'shopper'],
    ['SEARCH', '/items/products', 'app'],
    ['GET', '/store/products/tulip', 'anyone'],
    ['POST', '/graphql', 'anyone'],
    ['POST', '/graphql/system', 'app'],
    ['POST', '/GraphQL//System/', 'app'],
    ['POST', '/utils/hash/generate', 'app'],
    ['GET', '/users/me', 'app'],
    ['DELETE', '/flows/1', 'admin'],
    ['POST', '/users/register', 'nobody'],
    ['POST', '/server/setup', 'nobody'],
    ['GET', '/server/specs/oas', 'nobody'],
    ['POST', '/files/tus', 'nobody'],
    ['PUT', '/items/products', 'nobody'],
    ['GET', '/graphql/other', 'unknown'],
    ['GET', '/store', 'unknown'],
    ['GET', '/nothing', 'unknown'],
    ['GET', '/items', 'unknown'],
    ['OPTIONS', '/items/products', 'anyone'],
    ['OPTIONS', '/server/setup', 'nobody'],
    ['OPTIONS', '/nothing', 'unknown'],
  ])('%s %s is for: %s', (method, path, audience) => {
    expect(decide(method, path)).toBe(audience);
  });

  test('each audience passes its own doors and those of the ones before it', () => {
    expect(isAllowed('anyone', 'shopper')).toBe(false);
    expect(isAllowed('shopper', 'shopper')).toBe(true);
    expect(isAllowed('admin', 'anyone')).toBe(true);
    expect(isAllowed('app', 'admin')).toBe(false);
    expect(isAllowed('admin', 'nobody')).toBe(false);
    expect(isAllowed('admin', 'unknown')).toBe(false);
  });
});

describe('PUBLIC_PATHS', () => {
  test('opens paths of other extensions by any method, or by one', () => {
    const open = pathTable([...publicRows(['/contact/*', 'POST /items/inquiries']), ...PATHS]);
    expect(open('PATCH', '/contact/form/1')).toBe('anyone');
    expect(open('POST', '/items/inquiries')).toBe('anyone');
    expect(open('PATCH', '/items/inquiries')).toBe('shopper');
    expect(open('POST', '/items/orders')).toBe('shopper');
  });

  test.each(['contact', 'FETCH /contact', '/*', '/:any/x', '/a b', '/a?b', ''])('refuses "%s"', (entry) => {
    expect(() => publicRows([entry])).toThrow('PUBLIC_PATHS');
  });
});
