// Promises that are waited for, no `any`, small files, and who may import what: one rule per folder.
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const API = 'extensions/commerce-api/src';
const TESTS = ['**/*.test.ts', 'tests/**'];
const QUERIES = [`${API}/**/queries.ts`, `${API}/**/*-queries.ts`];
const ROUTES = [`${API}/*/routes.ts`, `${API}/*/*-routes.ts`];
const SURFACES = [`${API}/*.ts`];

const SQL_FUNCTIONS = ['row', 'rows', 'changed', 'insertRows'];

/** Paths end in the file's name, so these hold from any depth. */
const to = {
  queries: {
    regex: '(^|[/-])queries\\.ts$',
    allowTypeImports: true,
    message: 'Only use cases call queries.',
  },
  otherQueries: {
    regex: '^\\.\\.?/.*/([a-z-]+-)?queries\\.ts$|^\\.\\./\\.\\./[a-z-]+/([a-z-]+-)?queries\\.ts$',
    allowTypeImports: true,
    message: 'Call the use case of the domain that owns these tables.',
  },
  sqlFunctions: {
    regex: '/platform/database\\.ts$',
    importNames: SQL_FUNCTIONS,
    message: 'SQL lives in queries.ts and *-queries.ts.',
  },
  http: { regex: '^express$|(^|[/-])routes\\.ts$', message: 'A use case knows no requests and no routes.' },
  drivers: {
    regex: '^(knex|pg|graphile-worker)($|/)',
    message: 'Database and jobs are reached through platform/.',
  },
  directus: { regex: '^@directus/', message: 'Directus is reached through platform/ and directus-shop.ts.' },
  stripe: {
    regex: '^stripe($|/)',
    message: 'A payment provider is reached through its port, providers/payment.ts.',
  },
};

/** ESLint takes the last matching entry of a rule whole, so each file must match one bound only. */
function bound(name, files, ignores, patterns, more = {}) {
  return {
    name: `bounds/${name}`,
    files,
    ignores: [...TESTS, ...ignores],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }], ...more },
  };
}

export const bounds = [
  bound(
    'core is pure: it imports only itself, waits for nothing, and knows neither clock nor chance',
    [`${API}/core/**/*.ts`],
    [],
    [{ regex: '^(?!\\./)', message: 'core/ imports only core/.' }],
    {
      'no-restricted-globals': [
        'error',
        'Promise',
        'process',
        'performance',
        'crypto',
        'fetch',
        'setTimeout',
        'setInterval',
        'queueMicrotask',
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: ':function[async=true], AwaitExpression, ImportExpression',
          message: 'core/ waits for nothing.',
        },
        { selector: "TSTypeReference[typeName.name='Promise']", message: 'core/ waits for nothing.' },
        {
          selector:
            "MemberExpression[object.name='Date'][property.name='now'], NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'core/ is told the time.',
        },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'core/ knows no chance.',
        },
      ],
    },
  ),
  bound(
    'queries know SQL, lists of columns and the types of their rows',
    QUERIES,
    [],
    [
      {
        regex:
          '^(?!(\\.\\./)+platform/database\\.ts$|\\./([a-z-]+-)?queries\\.ts$|\\.\\./(cart|orders|payments)/queries\\.ts$)',
        allowTypeImports: true,
        message: 'queries import platform/database, columns of other queries and types.',
      },
    ],
  ),
  bound(
    'platform knows no domain',
    [`${API}/platform/**/*.ts`],
    ['**/*.d.ts'],
    [{ regex: '^\\.\\./(?!errors\\.ts$)', allowTypeImports: true, message: 'platform/ imports no domain.' }],
  ),
  bound(
    'providers know their vendor and not our database',
    [`${API}/providers/**/*.ts`],
    [],
    [
      to.drivers,
      to.directus,
      {
        regex: '^\\.\\./(?!core/|errors\\.ts$|platform/env\\.ts$|listings/listing-filter\\.ts$)',
        message:
          'providers/ imports core/, errors, the environment and the words of a filter, and no domain.',
      },
    ],
  ),
  bound(
    'routes parse, authorise, call and answer',
    ROUTES,
    [],
    [to.queries, to.sqlFunctions, to.drivers, to.directus, to.stripe],
    {
      'no-restricted-syntax': [
        'error',
        { selector: 'BinaryExpression[operator=/^[-*\\u002F%]$/]', message: 'Routes do no arithmetic.' },
      ],
    },
  ),
  bound(
    'surfaces and hooks connect Directus to routes and use cases',
    SURFACES,
    [`${API}/errors.ts`],
    [to.queries, to.sqlFunctions, to.stripe],
  ),
  bound(
    'selling: one transaction runs through cart, checkout, orders and payments, which lock and read each other’s rows',
    ['cart', 'checkout', 'gift-cards', 'orders', 'payment-methods', 'payments'].map(
      (domain) => `${API}/${domain}/**/*.ts`,
    ),
    [...QUERIES, ...ROUTES],
    [
      {
        regex: '^\\.\\./(?!(cart|checkout|orders|payments)/)[a-z-]+/([a-z-]+-)?queries\\.ts$',
        allowTypeImports: true,
        message: 'Call the use case of the domain that owns these tables.',
      },
      to.sqlFunctions,
      to.http,
      to.drivers,
      to.directus,
      to.stripe,
    ],
  ),
  bound(
    'operations of flows parse, authorise and call use cases, as routes do',
    [`${API}/flows/**/*.ts`],
    [],
    [to.queries, to.sqlFunctions, to.http, to.drivers, to.directus, to.stripe],
  ),
  bound(
    'the shield stands in front of all domains: it knows requests, and no domain',
    [`${API}/shield/**/*.ts`],
    QUERIES,
    [
      { regex: '^\\.\\./(?!(core|platform|errors\\.ts$))', message: 'The shield knows no domain.' },
      to.sqlFunctions,
      to.drivers,
      to.directus,
      to.stripe,
    ],
  ),
  bound(
    'a use case calls its own queries and other domains’ use cases',
    [`${API}/*/**/*.ts`],
    [
      ...[
        'core',
        'platform',
        'providers',
        'cart',
        'checkout',
        'flows',
        'gift-cards',
        'orders',
        'payment-methods',
        'payments',
        'shield',
      ].map((folder) => `${API}/${folder}/**`),
      ...QUERIES,
      ...ROUTES,
    ],
    [to.otherQueries, to.sqlFunctions, to.http, to.drivers, to.directus, to.stripe],
  ),
];

export default defineConfig(
  globalIgnores(['**/dist/**', 'node_modules/**', 'coverage/**', '.kontor/**', '**/*.vue']),
  {
    name: 'typescript',
    files: ['**/*.ts', '**/*.mts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, allowDefaultCaseForExhaustiveSwitch: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      // A value from outside gets its type where it is assigned; what is done with an untyped one is still refused.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    name: 'tests read untyped answers and play the part of asynchronous ports',
    files: [...TESTS, '**/*-under-test.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    name: 'small files',
    files: ['**/*.ts', '**/*.mjs', '**/*.js'],
    ignores: [...TESTS, `${API}/platform/schema.d.ts`],
    rules: { 'max-lines': ['error', 400] },
  },
  ...bounds,
);
