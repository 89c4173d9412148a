/**
 * Directus' own routes beside its collections: the roles that are let in, after each. Whoever is not named is refused. Shoppers
 * need none of them; what staff reach is what the admin app asks for. Writes are asked of those who are refused only; an import is a file of rows.
 */
export const ENDPOINTS = `
GET /server/ping                      anonymous customer vendor catalogue_staff order_staff administrator
GET /server/info                      anonymous customer vendor catalogue_staff order_staff administrator
GET /server/health                    anonymous customer vendor catalogue_staff order_staff administrator
GET /collections                      vendor catalogue_staff order_staff administrator
GET /collections/orders               order_staff administrator
GET /collections/directus_sessions    administrator
GET /fields                           vendor catalogue_staff order_staff administrator
GET /fields/orders                    order_staff administrator
GET /fields/orders/token_hash         administrator
GET /relations                        vendor catalogue_staff order_staff administrator
GET /extensions                       administrator
GET /deployments                      nobody
GET /schema/snapshot                  administrator
GET /policies/me/globals              vendor catalogue_staff order_staff administrator
GET /roles/me                         vendor catalogue_staff order_staff administrator
GET /users/me                         vendor catalogue_staff order_staff administrator
GET /items/directus_users             nobody
GET /items/directus_sessions          nobody
GET /items/directus_activity          nobody
POST /items/directus_activity         nobody
GET /permissions/me                   vendor catalogue_staff order_staff administrator
GET /server/specs/oas                 nobody
GET /server/specs/graphql             nobody
GET /metrics                          nobody
POST /schema/diff                     administrator
POST /schema/apply                    administrator
POST /collections                     administrator
PATCH /collections/orders             administrator
DELETE /collections/orders            administrator
POST /fields/orders                   administrator
PATCH /fields/orders/number           administrator
DELETE /fields/orders/number          administrator
POST /relations                       administrator
PATCH /relations/orders/customer      administrator
DELETE /relations/orders/customer     administrator
POST /utils/cache/clear               administrator
POST /utils/import/orders             nobody
POST /utils/import/order_events       nobody
POST /utils/import/directus_activity  administrator
POST /utils/revert/1                  administrator
POST /users/invite                    administrator
POST /users/register                  nobody
PATCH /users/me                       vendor catalogue_staff order_staff administrator
DELETE /users/me                      administrator
POST /shares                          administrator
POST /files/import                    catalogue_staff order_staff administrator
POST /files/tus                       nobody
POST /mcp                             nobody
POST /ai/chat                         nobody
DELETE /activity                      nobody
PATCH /activity/1                     nobody
DELETE /activity/1                    nobody
PATCH /revisions/1                    nobody
DELETE /revisions/1                   nobody
DELETE /revisions                     nobody
`;

/** What Directus looks at before it asks who it is. */
export const ENDPOINT_BODIES: Record<string, object> = {
  'POST /schema/diff': { version: 1 },
  'POST /schema/apply': { hash: 'x', diff: {} },
  'POST /fields/orders': { field: 'x', type: 'string' },
  'POST /relations': { collection: 'orders', field: 'x' },
  'POST /users/invite': { email: 'x@example.com', role: '5b1c0001-0000-4000-8000-000000000003' },
  'POST /users/register': { email: 'x@example.com', password: 'tulips-on-tuesday' },
  'POST /files/import': { url: 'https://example.com/a.png' },
  'PATCH /users/me': { first_name: 'x' },
};
