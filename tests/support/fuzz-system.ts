/** Hostile requests at everything else Directus answers. */
import fc, { type Arbitrary } from 'fast-check';
import { asked, oneOf } from './fuzz-asked.ts';
import { type Words } from './fuzz-query.ts';
import { oddBody, type FuzzRequest } from './fuzz-request.ts';
import { encoded, idOf, nastyText, nastyValue } from './fuzz-values.ts';

const SYSTEM = [
  'access', 'activity', 'collections', 'comments', 'dashboards', 'deployments', 'extensions', 'fields', 'flows', 'folders', 'metrics', 'notifications', 'operations', 'panels',
  'permissions', 'policies', 'presets', 'translations', 'relations', 'revisions', 'roles', 'server/info', 'server/health', 'server/ping', 'server/specs/oas', 'server/specs/graphql',
  'settings', 'shares', 'shares/info/x', 'users', 'versions', 'utils/random/string', 'flows/trigger/x', 'webhooks/stripe', 'webhooks/x', 'docs', 'docs/openapi.json', 'docs/assets/x',
  'robots.txt', '', 'admin', 'store', 'staff', 'x',
]; // prettier-ignore

export function systemRequests({ query, field, collection }: Words): Arbitrary<FuzzRequest> {
  const tail = oneOf(
    [3, fc.constant('')],
    [1, nastyText.map((text) => `/${encoded(text)}`)],
    [1, idOf('order').map((id) => `/${id}`)],
    [1, fc.tuple(collection, field).map(([a, b]) => `/${encoded(a)}/${encoded(b)}`)],
  );
  const path = fc.tuple(fc.constantFrom(...SYSTEM), tail).map(([name, more]) => `/${name}${more}`);
  return oneOf(
    [4, asked('/system', fc.constantFrom('GET', 'GET', 'GET', 'SEARCH', 'HEAD', 'OPTIONS'), path, { query })],
    [
      1,
      asked(
        '/webhooks',
        fc.constant('POST'),
        fc.constantFrom(
          '/webhooks/stripe',
          '/webhooks/paypal',
          '/webhooks/flutterwave',
          '/webhooks/manual',
          '/webhooks/constructor',
          '/webhooks/__proto__',
          '/webhooks/x',
        ),
        { body: oddBody(fc.record({ id: nastyValue, type: nastyValue, data: nastyValue })) },
      ),
    ],
    [
      2,
      asked('/system', fc.constantFrom('POST', 'PATCH', 'DELETE', 'PUT'), path, {
        query,
        body: oddBody(fc.dictionary(field, nastyValue, { maxKeys: 3 })),
        as: fc.constantFrom('anonymous', 'guest', 'customer'),
      }),
    ],
  );
}
