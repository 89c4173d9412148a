// The SDK's bundler has no `externals` key, and bundling these breaks them (graphile-worker and knex load files by
// path; a second copy of pg would miss our BIGINT parser). They resolve from the root node_modules at run time.
const external = [
  '@directus/api',
  '@directus/errors',
  'graphile-worker',
  'graphql',
  'ioredis',
  'jsonwebtoken',
  'knex',
  'liquidjs',
  'lru-cache',
  'meilisearch',
  'nodemailer',
  'pg',
  'prom-client',
  'rate-limiter-flexible',
  'stripe',
  'zod',
];

export default {
  plugins: [
    {
      name: 'server-packages-stay-outside',
      resolveId: (id) =>
        external.some((name) => id === name || id.startsWith(`${name}/`)) ? { id, external: true } : null,
    },
  ],
};
