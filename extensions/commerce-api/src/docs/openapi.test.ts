import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openApiProblems } from '../../../../tests/support/openapi-problems.ts';
import { ERRORS } from '../errors.ts';
import { RATE_CLASSES } from '../shield/rate-classes.ts';
import { route, type Route } from '../platform/http.ts';
import { staffRoutes, storeRoutes } from '../surfaces.ts';
import { withGeneratedPart, type GeneratedDocument } from './generated-part.ts';
import { describeSurfaces, type Operation } from './openapi.ts';

const nothing = () => Promise.resolve({ status: 204 });
const Part = z.object({ id: z.uuid(), at: z.iso.datetime().nullable() }).meta({ id: 'Part' });

function aRoute(changes: Partial<Route> = {}): Route {
  return {
    ...route({
      method: 'post',
      path: '/things/:thing',
      tag: 'Things',
      summary: 'Change a thing',
      access: 'holder',
      headers: { 'Idempotency-Key': 'Makes repeating safe.', 'X-Cart-Token': 'Opens the cart.' },
      params: z.strictObject({ thing: z.uuid() }),
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).default(20).describe('How many.'),
        q: z.string(),
      }),
      body: z.strictObject({ quantity: z.int().min(1) }),
      answers: { status: 201, data: z.array(Part), meta: z.object({ total: z.int() }), description: 'Done.' },
      errors: ['IDEMPOTENCY_KEY_MISSING', 'CART_EMPTY', 'PRICE_CHANGED'],
      handle: nothing,
    }),
    ...changes,
  };
}

const documentOf = (...routes: Route[]) =>
  describeSurfaces([{ prefix: '/store', routes }], 'https://shop.example/');
const operationOf = (...routes: Route[]) =>
  documentOf(...routes).paths['/store/things/{thing}']?.['post'] as Operation;

describe('the document of our own routes', () => {
  test('describes every route of the store and of staff, and holds to the standard', () => {
    const surfaces = [
      { prefix: '/store', routes: storeRoutes },
      { prefix: '/staff', routes: staffRoutes },
    ];
    const document = describeSurfaces(surfaces, 'http://127.0.0.1:8055');
    expect(openApiProblems(document)).toEqual([]);
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    const mounted = surfaces.flatMap(({ prefix, routes }) =>
      routes.map((each) => `${each.method} ${prefix}${each.path.replace(/:(\w+)/g, '{$1}')}`),
    );
    expect(described.sort()).toEqual(mounted.sort());
  });

  test('takes parameters from the schemas the route parses with', () => {
    expect(operationOf(aRoute())['parameters']).toEqual([
      { name: 'thing', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
      {
        name: 'limit',
        in: 'query',
        required: false,
        description: 'How many.',
        schema: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, default: 20 },
      },
      { name: 'q', in: 'query', required: true, schema: { type: 'string' } },
      {
        name: 'Idempotency-Key',
        in: 'header',
        required: true,
        description: 'Makes repeating safe.',
        schema: { type: 'string', maxLength: 255 },
      },
    ]);
  });

  test('wraps data and meta in the envelope and keeps named schemas once', () => {
    const document = documentOf(aRoute(), aRoute({ method: 'put' }));
    const success = document.paths['/store/things/{thing}']?.['put']?.responses['201'];
    expect(success).toMatchObject({
      content: {
        'application/json': {
          schema: {
            required: ['data', 'meta'],
            properties: { data: { type: 'array', items: { $ref: '#/components/schemas/Part' } } },
          },
        },
      },
    });
    expect(Object.keys(document.components.schemas)).toEqual(['Error', 'Part']);
    expect(openApiProblems(document)).toEqual([]);
  });

  test('tells what is taken from what is answered where one schema means both', () => {
    const Both = z.object({ quantity: z.int().default(1) }).meta({ id: 'Both' });
    const both = aRoute({ body: Both, answers: { status: 200, data: Both, description: 'Both.' } });
    const { schemas } = documentOf(both).components;
    expect(schemas['Both']).not.toHaveProperty('required');
    expect(schemas['BothOutput']).toHaveProperty('required', ['quantity']);
    expect(openApiProblems(documentOf(both))).toEqual([]);
  });

  test('lists the codes of each status with their meaning', () => {
    const { responses } = operationOf(aRoute());
    expect(Object.keys(responses).sort()).toEqual(['201', '400', '404', '409']);
    expect(responses['409']?.['description']).toBe(
      `\`CART_EMPTY\`: ${ERRORS.CART_EMPTY.message}\n\n\`PRICE_CHANGED\`: ${ERRORS.PRICE_CHANGED.message}`,
    );
  });

  test('says how often a route may be asked that has a limit of its own', () => {
    const login = documentOf(aRoute({ path: '/auth/login', params: undefined })).paths['/store/auth/login'];
    const { responses } = login?.['post'] as Operation;
    expect(responses['429']).toMatchObject({
      description: `\`RATE_LIMITED\`: ${ERRORS.RATE_LIMITED.message} (\`login\`: 300, of which 30 may fail, in 15 minutes)`,
    });
    expect(Object.keys(responses['429']?.['headers'] ?? {})).toEqual([
      'Retry-After',
      'RateLimit-Policy',
      'RateLimit',
    ]);
    expect(Object.keys(responses['201']?.['headers'] ?? {})).toEqual(['RateLimit-Policy', 'RateLimit']);
    expect(openApiProblems(documentOf(aRoute({ path: '/auth/login', params: undefined })))).toEqual([]);
  });

  test('names the limit beside other reasons to wait', () => {
    const giftCards = storeRoutes.filter(({ path }) => path === '/gift-cards/balance');
    const operation = documentOf(...giftCards).paths['/store/gift-cards/balance']?.['post'] as Operation;
    expect(operation.responses['429']?.['description']).toMatch(/`GIFT_CARD_TRIES`: .*\n\n`RATE_LIMITED`: /);
  });

  test('lists every class of limits in the introduction', () => {
    const introduction = String(documentOf().info['description']);
    for (const name of RATE_CLASSES) expect(introduction).toContain(`| \`${name}\` |`);
  });

  test('lists every error code in the introduction', () => {
    const introduction = String(documentOf().info['description']);
    for (const code of Object.keys(ERRORS)) expect(introduction).toContain(`| \`${code}\` |`);
  });

  test.each([
    ['public', [{}, { cart_token: [] }]],
    ['holder', [{ bearer: [] }, { cart_token: [] }]],
    ['customer', [{ bearer: [] }]],
    ['staff', [{ bearer: [] }]],
  ] as const)('says how a %s route is opened', (access, security) => {
    expect(operationOf(aRoute({ access }))['security']).toEqual(security);
  });

  test('offers both guest tokens where a holder route names none', () => {
    const operation = operationOf(aRoute({ headers: undefined }));
    expect(operation['security']).toEqual([{ bearer: [] }, { cart_token: [] }, { order_token: [] }]);
  });

  test('tells what signed-in routes refuse strangers with', () => {
    expect(Object.keys(operationOf(aRoute({ access: 'staff' })).responses)).toEqual(
      expect.arrayContaining(['401', '403']),
    );
  });

  test('asks for a body only where an empty one is refused', () => {
    expect(operationOf(aRoute())['requestBody']).toMatchObject({ required: true });
    const optional = aRoute({ body: z.strictObject({ note: z.string().optional() }) });
    expect(operationOf(optional)['requestBody']).toMatchObject({ required: false });
  });

  test('answers without content where there is no data', () => {
    const operation = operationOf(aRoute({ answers: { status: 204, description: 'Gone.' } }));
    expect(operation.responses['204']).toEqual({ description: 'Gone.' });
  });

  test('says of what type a file is', () => {
    const answers = { status: 200, file: 'text/csv', description: 'All of them.' };
    expect(operationOf(aRoute({ answers })).responses['200']).toEqual({
      description: 'All of them.',
      content: { 'text/csv': { schema: { type: 'string' } } },
    });
  });

  test('refuses two routes at one address and two schemas of one name', () => {
    expect(() => documentOf(aRoute(), aRoute())).toThrow('Two routes answer POST /store/things/{thing}');
    const Other = z.object({ other: z.string() }).meta({ id: 'Part' });
    const other = aRoute({ method: 'put', answers: { status: 200, data: Other, description: 'Other.' } });
    expect(() => documentOf(aRoute(), other)).toThrow('Two different schemas have the id Part');
  });
});

describe('joining what Directus generates', () => {
  const generated: GeneratedDocument = {
    tags: [{ name: 'Things' }, { name: 'ItemsThings' }],
    paths: {
      '/items/things/{id}': {
        get: {
          operationId: 'readThing',
          tags: ['Items', 'ItemsThings'],
          security: [{ Auth: [] }],
          parameters: [{ $ref: '#/components/parameters/Id' }, { $ref: '#/components/parameters/Id' }],
          responses: {
            '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Part' } } } },
            '404': { $ref: '#/components/responses/NotFoundError' },
          },
        },
        patch: { operationId: 'readThing', tags: ['ItemsThings'], responses: {} },
      },
      '/items/empty': {},
      '/store/things/{thing}': {
        post: { operationId: 'theirs', responses: { '200': { description: 'Theirs.' } } },
        get: { operationId: 'alsoTheirs', responses: { '200': { description: 'Theirs.' } } },
      },
    },
    components: {
      schemas: {
        Part: {
          type: 'object',
          properties: {
            owner: { $ref: '#/components/schemas/Users' },
            self: { $ref: '#/components/schemas/Part' },
          },
        },
      },
      parameters: { Id: { name: 'id', in: 'path', required: true, schema: { type: 'string' } } },
      responses: { NotFoundError: { description: 'Not found.' } },
    },
  };
  const merged = withGeneratedPart(documentOf(aRoute()), generated);

  test('makes one document that holds to the standard', () => {
    expect(openApiProblems(merged)).toEqual([]);
  });

  test('keeps our schema of a name and renames theirs, wherever it is mentioned', () => {
    expect(merged.components.schemas['Part']).toMatchObject({ properties: { id: { format: 'uuid' } } });
    expect(merged.components.schemas['DirectusPart']).toEqual({
      type: 'object',
      properties: { owner: {}, self: { $ref: '#/components/schemas/DirectusPart' } },
    });
    expect(JSON.stringify(merged.paths['/items/things/{id}'])).toContain('#/components/schemas/DirectusPart');
  });

  test('keeps our operation at an address both describe, and theirs beside it', () => {
    const item = merged.paths['/store/things/{thing}'];
    expect(item?.['post']?.operationId).toBe('postStoreThingsThing');
    expect(item?.['get']?.operationId).toBe('alsoTheirs');
  });

  test('leaves out addresses without operations', () => {
    expect(merged.paths).not.toHaveProperty(['/items/empty']);
  });

  test('changes neither input', () => {
    expect(generated.components?.schemas).toHaveProperty('Part');
    expect(Object.keys(documentOf(aRoute()).paths)).toEqual(['/store/things/{thing}']);
  });
});

test('the check of documents finds what is wrong', () => {
  const document = documentOf(aRoute()) as unknown as { paths: Record<string, Record<string, Operation>> };
  const broken = structuredClone(document);
  broken.paths['/store/{nowhere}'] = {
    get: { tags: ['Unknown'], responses: { '200': { $ref: '#/components/nothing' } } },
  };
  expect(openApiProblems(broken)).toEqual(
    expect.arrayContaining([
      expect.stringContaining('points at #/components/nothing'),
      'GET /store/{nowhere} has no operationId of its own',
      'GET /store/{nowhere} has the undeclared tag Unknown',
      'GET /store/{nowhere} describes the path parameters none',
    ]),
  );
  expect(openApiProblems({ ...document, info: {} })).not.toEqual([]);
});
