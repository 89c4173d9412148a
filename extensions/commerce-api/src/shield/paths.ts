/**
 * Every path of Directus and of Kontor, and who may ask it at all. What a caller may see there is then decided by permissions
 * (Directus) or by the route (Kontor); this table is the door in front. A path that is not here is answered 404, and a test walks
 * Directus' own routers, so that a release with a path nobody decided on fails it.
 */

/** Each includes those before it. `shopper` is signed in, `app` may use the admin app. */
export const AUDIENCES = ['anyone', 'shopper', 'app', 'admin', 'nobody'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** HEAD goes with GET, OPTIONS with any. `:x` is one segment, `*` one or more at the end. */
export type PathRow = readonly [audience: Audience, methods: string, ...paths: string[]];

const ANY = 'GET POST PATCH PUT DELETE';

/** The first row that names both path and method decides. */
export const PATHS: readonly PathRow[] = [
  // Kontor's surfaces: each route says for whom it is.
  ['anyone', ANY, '/store/*', '/staff/*', '/webhooks/*', '/docs', '/docs/*'],

  // The process itself. The health of non-administrators is answered by the shield; metrics ask for a token of their own.
  ['anyone', 'GET', '/', '/robots.txt', '/server/ping', '/server/info', '/server/health', '/metrics'],
  // Would make an administrator while there is none; describe what `/docs` describes to whom it is for.
  ['nobody', 'POST', '/server/setup'],
  ['nobody', 'GET', '/server/specs/oas', '/server/specs/graphql', '/server/specs/graphql/:scope'],

  // The admin app: its files, and what it asks before anybody has signed in.
  ['anyone', 'GET', '/admin', '/admin/*', '/extensions/sources/:chunk'],

  // Signing in, with what the identity providers send back.
  ['anyone', 'GET', '/auth', '/auth/login/:provider', '/auth/login/:provider/callback'],
  ['anyone', 'GET', '/auth/login/:provider/metadata'],
  ['anyone', 'POST', '/auth/login', '/auth/login/:provider', '/auth/login/:provider/callback'],
  ['anyone', 'POST', '/auth/login/:provider/acs', '/auth/login/:provider/logout'],
  ['anyone', 'POST', '/auth/refresh', '/auth/logout', '/auth/password/request', '/auth/password/reset'],
  ['anyone', 'POST', '/users/invite/accept'],
  ['shopper', 'POST', '/users/me/tfa/generate', '/users/me/tfa/enable', '/users/me/tfa/disable'],
  // Customers register at /store/auth/register.
  ['nobody', 'POST', '/users/register'],
  ['nobody', 'GET', '/users/register/verify-email'],

  // Resumable uploads (TUS) trust what the uploader says of the file.
  ['nobody', 'GET POST PATCH DELETE', '/files/tus', '/files/tus/:id'],

  // The generated API: the published catalogue for everybody, for shoppers what is theirs, and all of it for staff.
  ['anyone', 'GET POST', '/graphql'],
  ['app', 'GET POST', '/graphql/system'],
  ['anyone', 'GET', '/items/:collection', '/items/:collection/:pk'],
  ['shopper', 'POST PATCH DELETE', '/items/:collection'],
  ['shopper', 'PATCH DELETE', '/items/:collection/:pk'],
  ['app', 'SEARCH', '/items/:collection'],
  ['anyone', 'GET', '/assets/:pk', '/assets/:pk/:filename', '/files', '/files/:pk'],

  // Files.
  ['app', 'POST', '/assets/folder/:pk', '/assets/files'],
  ['app', 'POST', '/files/import'],
  ['app', 'SEARCH POST PATCH DELETE', '/files'],
  ['app', 'PATCH DELETE', '/files/:pk'],

  // Flows: for who has no access to the app only those that begin with a webhook (flow-triggers.ts).
  ['anyone', 'GET POST', '/flows/trigger/:pk'],

  // Shares are switched off: whoever holds a link would read past the role rules, and its maker may be changed afterwards.
  ['nobody', 'POST', '/shares', '/shares/auth', '/shares/invite'],
  ['nobody', 'PATCH', '/shares', '/shares/:pk'],
  ['nobody', 'GET', '/shares/info/:pk'],
  ['app', 'GET SEARCH DELETE', '/shares'],
  ['app', 'GET DELETE', '/shares/:pk'],

  // The admin app’s own lists: one row per kind of door.
  ['app', 'GET SEARCH', '/activity', '/revisions'],
  ['app', 'GET', '/activity/:pk', '/revisions/:pk'],
  ['app', 'GET', '/permissions/me', '/permissions/me/:collection', '/permissions/me/:collection/:pk'],
  ['app', 'GET', '/policies/me/globals', '/roles/me'],
  ['app', 'PATCH', '/users/me/track/page'],
  ['app', 'POST', '/users/invite', '/users/:pk/tfa/disable'],
  ['app', 'GET', '/versions/:pk/compare'],
  ['app', 'POST', '/versions/:pk/save', '/versions/:pk/promote'],
  [
    'app',
    'GET SEARCH POST PATCH DELETE',
    '/access',
    '/comments',
    '/dashboards',
    '/folders',
    '/notifications',
    '/operations',
    '/panels',
    '/permissions',
    '/policies',
    '/presets',
    '/roles',
    '/translations',
    '/versions',
  ],
  [
    'app',
    'GET PATCH DELETE',
    '/access/:pk',
    '/comments/:pk',
    '/dashboards/:pk',
    '/folders/:pk',
    '/notifications/:pk',
    '/operations/:pk',
    '/panels/:pk',
    '/permissions/:pk',
    '/policies/:pk',
    '/presets/:pk',
    '/roles/:pk',
    '/translations/:pk',
    '/versions/:pk',
  ],

  // Deleting these changes what hangs on them before Directus asks whether the caller may.
  ['app', 'GET SEARCH', '/flows', '/users'],
  ['app', 'GET', '/flows/:pk'],
  ['app', 'GET PATCH', '/users/:pk'],
  ['app', 'POST PATCH', '/users'],
  ['admin', 'POST PATCH DELETE', '/flows'],
  ['admin', 'PATCH DELETE', '/flows/:pk'],
  ['admin', 'DELETE', '/users', '/users/:pk'],

  // The data model. Directus lets only administrators change it.
  ['app', 'GET SEARCH', '/collections'],
  ['admin', 'POST PATCH', '/collections'],
  ['app', 'GET', '/collections/:collection'],
  ['admin', 'PATCH DELETE', '/collections/:collection'],
  ['app', 'GET', '/fields', '/fields/:collection', '/fields/:collection/:field'],
  ['admin', 'POST PATCH', '/fields/:collection'],
  ['admin', 'PATCH DELETE', '/fields/:collection/:field'],
  ['app', 'GET', '/relations', '/relations/:collection', '/relations/:collection/:field'],
  ['admin', 'POST', '/relations'],
  ['admin', 'PATCH DELETE', '/relations/:collection/:field'],
  ['admin', 'GET', '/schema/snapshot'],
  ['admin', 'POST', '/schema/diff', '/schema/apply'],

  // Settings and extensions.
  ['app', 'GET', '/settings', '/extensions'],
  ['admin', 'PATCH', '/settings', '/extensions/:pk'],
  ['admin', 'POST', '/settings/owner'],
  ['admin', 'DELETE', '/extensions/:pk'],
  ['admin', 'GET', '/extensions/registry', '/extensions/registry/account/:pk'],
  ['admin', 'GET', '/extensions/registry/extension/:pk'],
  ['admin', 'POST', '/extensions/registry/install', '/extensions/registry/reinstall'],
  ['admin', 'DELETE', '/extensions/registry/uninstall/:pk'],

  // Tools of the admin app; hashing costs what it is meant to cost.
  ['app', 'GET', '/utils/random/string'],
  ['app', 'POST', '/utils/hash/generate', '/utils/hash/verify', '/utils/resolve-redirect'],
  ['app', 'POST', '/utils/sort/:collection', '/utils/revert/:revision', '/utils/cache/clear'],
  ['app', 'POST', '/utils/import/:collection', '/utils/export/:collection'],

  // Parts of Directus a shop does not have: AI, MCP, deployments of websites.
  ['nobody', 'POST', '/utils/translations/generate', '/ai/chat', '/ai/object', '/ai/files'],
  ['nobody', 'GET POST', '/mcp'],
  ['nobody', 'POST', '/deployments/webhooks/:provider'],
  ['nobody', 'GET SEARCH POST', '/deployments'],
  ['nobody', 'GET PATCH DELETE', '/deployments/:provider'],
  ['nobody', 'GET PATCH', '/deployments/:provider/projects'],
  ['nobody', 'GET', '/deployments/:provider/projects/:id', '/deployments/:provider/dashboard'],
  ['nobody', 'POST', '/deployments/:provider/projects/:id/deploy'],
  ['nobody', 'GET', '/deployments/:provider/projects/:id/runs'],
  ['nobody', 'GET', '/deployments/:provider/projects/:id/runs/stats', '/deployments/:provider/runs/:id'],
  ['nobody', 'POST', '/deployments/:provider/runs/:id/cancel'],
];
