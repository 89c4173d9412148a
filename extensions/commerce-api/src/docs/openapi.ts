/** The OpenAPI document of Kontor's own routes, from the very schemas the routes parse with. */
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { isForStaff, type Route } from '../platform/http.ts';
import type { RateClass } from '../shield/rate-classes.ts';
import { allowanceOf, limitOf, limitsSection, LIMIT_HEADERS, REFUSAL_HEADERS } from './limits.ts';

export type JsonObject = { [key: string]: unknown };

export interface Operation extends JsonObject {
  operationId?: string;
  tags?: string[];
  responses: Record<string, JsonObject>;
}

export interface OpenApiDocument {
  openapi: string;
  info: JsonObject;
  servers: { url: string }[];
  tags: ({ name: string } & JsonObject)[];
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, JsonObject>;
    parameters: Record<string, JsonObject>;
    responses: Record<string, JsonObject>;
    securitySchemes: Record<string, JsonObject>;
  };
}

/** Routes and the path their endpoint is mounted at. */
export interface Surface {
  prefix: string;
  routes: readonly Route[];
}

const BEARER = 'bearer';
/** Tokens that guests hold, by the header that carries them. */
const HOLDER_TOKENS: Record<string, string> = {
  'x-cart-token': 'cart_token',
  'x-order-token': 'order_token',
};

const SECURITY_SCHEMES: Record<string, JsonObject> = {
  [BEARER]: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'The access token that signing in answers: `/store/auth/login` for customers, `/auth/login` for staff.',
  },
  cart_token: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Cart-Token',
    description: 'Opens one guest cart. Shown once, by `POST /store/carts`.',
  },
  order_token: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Order-Token',
    description: 'Opens one guest order. Shown when the order is placed.',
  },
};

/**
 * Describes surfaces. Schemas with an id become components. What is taken may differ from what is answered (defaults, say):
 * the second of the two is then called `…Input` or `…Output`.
 * @throws Error when two different schemas share an id, or two routes an address.
 */
export function describeSurfaces(surfaces: readonly Surface[], public_url: string): OpenApiDocument {
  const document: OpenApiDocument = {
    openapi: '3.0.3',
    info: { title: 'Kontor', version: '1', description: introduction() },
    servers: [{ url: public_url.replace(/\/+$/, '') || '/' }],
    tags: [],
    security: [{}, { [BEARER]: [] }],
    paths: {},
    components: {
      schemas: { Error: ERROR_SCHEMA },
      parameters: {},
      responses: {},
      securitySchemes: SECURITY_SCHEMES,
    },
  };
  const named: NamedSchemas = { components: document.components.schemas, origins: new Map() };
  for (const { prefix, routes } of surfaces) {
    for (const each of routes) addRoute(document, named, prefix, each);
  }
  return document;
}

type Direction = 'input' | 'output';

interface NamedSchemas {
  components: Record<string, JsonObject>;
  /** What each component was made from. */
  origins: Map<string, { content: string; io: Direction }>;
}

function addRoute(document: OpenApiDocument, named: NamedSchemas, prefix: string, each: Route): void {
  const path = prefix + each.path.replace(/:(\w+)/g, '{$1}');
  const item = (document.paths[path] ??= {});
  if (item[each.method]) throw new Error(`Two routes answer ${each.method.toUpperCase()} ${path}`);
  if (!document.tags.some((tag) => tag.name === each.tag)) document.tags.push({ name: each.tag });
  const schema = (type: z.ZodType, io: Direction) => schemaOf(named, type, io);
  const parameters = [
    ...fieldsOf(each.params, 'path', schema),
    ...fieldsOf(each.query, 'query', schema),
    ...headersOf(each),
  ];
  const limit = limitOf(each, path);
  item[each.method] = {
    operationId: operationId(each.method, path),
    tags: [each.tag],
    summary: each.summary,
    ...(each.description && { description: each.description }),
    security: securityOf(each),
    ...(parameters.length > 0 && { parameters }),
    ...(each.body && {
      requestBody: {
        required: !each.body.safeParse({}).success,
        content: { 'application/json': { schema: schema(each.body, 'input') } },
      },
    }),
    responses: {
      [each.answers.status]: { ...success(each, schema), ...(limit && { headers: LIMIT_HEADERS }) },
      ...failures(each, limit),
    },
  };
}

type ToSchema = (type: z.ZodType, io: Direction) => JsonObject;

function success({ answers }: Route, schema: ToSchema): JsonObject {
  if (answers.file) {
    const content = { [answers.file]: { schema: { type: 'string' } } };
    return { description: answers.description, content };
  }
  if (!answers.data) return { description: answers.description };
  const envelope = {
    type: 'object',
    properties: {
      data: schema(answers.data, 'output'),
      ...(answers.meta && { meta: schema(answers.meta, 'output') }),
    },
    required: answers.meta ? ['data', 'meta'] : ['data'],
  };
  return { description: answers.description, content: { 'application/json': { schema: envelope } } };
}

/** What a route may answer besides success: what it names, and what its access and inputs bring with them. */
function errorsOf(each: Route, limit: RateClass | null): ErrorCode[] {
  const codes = new Set<ErrorCode>(['INVALID_QUERY', 'INVALID_PAYLOAD']);
  if (each.access === 'customer' || isForStaff(each.access)) codes.add('SIGN_IN_REQUIRED');
  if (isForStaff(each.access)) codes.add('FORBIDDEN');
  if (each.access === 'holder') codes.add('NOT_FOUND');
  for (const code of each.errors ?? []) codes.add(code);
  if (limit) codes.add('RATE_LIMITED');
  return [...codes];
}

function failures(each: Route, limit: RateClass | null): Record<string, JsonObject> {
  const responses: Record<string, { description: string; headers?: JsonObject; content: JsonObject }> = {};
  for (const code of errorsOf(each, limit)) {
    const allowed = code === 'RATE_LIMITED' && limit ? ` (\`${limit}\`: ${allowanceOf(limit)})` : '';
    const line = `\`${code}\`: ${ERRORS[code].message}${allowed}`;
    const response = responses[ERRORS[code].status];
    if (response) response.description += `\n\n${line}`;
    else {
      const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
      responses[ERRORS[code].status] = { description: line, content };
    }
  }
  const refusal = responses[ERRORS.RATE_LIMITED.status];
  if (limit && refusal) refusal.headers = REFUSAL_HEADERS;
  return responses;
}

function fieldsOf(fields: z.ZodObject | undefined, place: 'path' | 'query', schema: ToSchema): JsonObject[] {
  if (!fields) return [];
  return Object.entries(fields.shape).map(([name, type]) => {
    const field = type as z.ZodType;
    const { description, ...rest } = schema(field, 'input');
    const is_required = place === 'path' || !field.safeParse(undefined).success;
    return {
      name,
      in: place,
      required: is_required,
      ...(typeof description === 'string' && { description }),
      // An object is written `name[key]=value`.
      ...(rest['type'] === 'object' && { style: 'deepObject', explode: true }),
      schema: rest,
    };
  });
}

/** Tokens are told by `security`, which tools know how to fill in. */
function headersOf(each: Route): JsonObject[] {
  return Object.entries(each.headers ?? {})
    .filter(([name]) => name.toLowerCase() !== 'authorization' && !(name.toLowerCase() in HOLDER_TOKENS))
    .map(([name, description]) => ({
      name,
      in: 'header',
      required:
        name.toLowerCase() === 'idempotency-key' && (each.errors ?? []).includes('IDEMPOTENCY_KEY_MISSING'),
      description,
      schema: { type: 'string', maxLength: 255 },
    }));
}

function securityOf(each: Route): Record<string, string[]>[] {
  const tokens = Object.keys(each.headers ?? {}).flatMap((name) => HOLDER_TOKENS[name.toLowerCase()] ?? []);
  const byToken = tokens.map((scheme) => ({ [scheme]: [] }));
  switch (each.access) {
    case 'public':
      return [{}, ...byToken];
    case 'holder':
      return [{ [BEARER]: [] }, ...(byToken.length > 0 ? byToken : allTokens())];
    case 'customer':
    case 'staff':
    case 'order_staff':
    case 'catalogue_staff':
      return [{ [BEARER]: [] }];
  }
}

function allTokens(): Record<string, string[]>[] {
  return Object.values(HOLDER_TOKENS).map((scheme) => ({ [scheme]: [] }));
}

function operationId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** A zod schema as OpenAPI 3.0 has it. Named parts move to the components of the document. */
function schemaOf(named: NamedSchemas, type: z.ZodType, io: Direction): JsonObject {
  const { definitions, ...schema } = z.toJSONSchema(type, {
    target: 'openapi-3.0',
    io,
    unrepresentable: 'any',
  }) as JsonObject;
  const parts = Object.entries((definitions ?? {}) as Record<string, JsonObject>);
  const names = new Map(parts.map(([id, part]) => [id, nameFor(named, id, JSON.stringify(part), io)]));
  for (const [id, part] of parts) named.components[names.get(id) ?? id] = tidy(part, names) as JsonObject;
  return tidy(schema, names) as JsonObject;
}

function nameFor({ origins }: NamedSchemas, id: string, content: string, io: Direction): string {
  for (const name of [id, id + (io === 'input' ? 'Input' : 'Output')]) {
    const origin = origins.get(name);
    if (!origin) origins.set(name, { content, io });
    if (!origin || origin.content === content) return name;
    if (origin.io === io) break;
  }
  throw new Error(`Two different schemas have the id ${id}`);
}

/** Points references at the components, and drops what zod checks beyond a format's name: page-long expressions. */
function tidy(value: unknown, names: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((inner) => tidy(inner, names));
  if (typeof value !== 'object' || value === null) return value;
  const schema = value as JsonObject;
  const entries = Object.entries(schema)
    .filter(
      ([key, inner]) =>
        !(key === 'pattern' && typeof inner === 'string' && typeof schema['format'] === 'string'),
    )
    .map(([key, inner]): [string, unknown] => {
      if (key === '$ref' && typeof inner === 'string') {
        const id = inner.replace('#/definitions/', '');
        return [key, `#/components/schemas/${names.get(id) ?? id}`];
      }
      return [key, tidy(inner, names)];
    });
  return Object.fromEntries(entries);
}

const ERROR_SCHEMA: JsonObject = {
  type: 'object',
  required: ['errors'],
  properties: {
    errors: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['message', 'extensions'],
        properties: {
          message: { type: 'string', description: 'For people; may be reworded.' },
          extensions: {
            type: 'object',
            required: ['code'],
            properties: {
              code: { type: 'string', description: 'For programs; stable. The introduction lists them all.' },
            },
            additionalProperties: true,
          },
        },
      },
    },
  },
};

function introduction(): string {
  const table = Object.entries(ERRORS).map(
    ([code, { status, message }]) => `| \`${code}\` | ${status} | ${message} |`,
  );
  return [
    'Two parts in one document: the routes of the shop (`/store`, `/staff`), and the collections that you may read or',
    'write over the generated API (`/items`). Signed in, you see what your role may do.',
    '',
    'Successful answers are `{ "data": …, "meta": … }`. Amounts are integers in the minor unit of the `currency` beside',
    'them, moments are ISO 8601. Unknown fields and parameters are refused. How amounts come about is explained, with',
    'worked examples, in [How Kontor calculates](how-kontor-calculates).',
    '',
    '## Errors',
    '',
    'Failures are `{ "errors": [{ "message": …, "extensions": { "code": … } }] }`.',
    '',
    '| code | status | meaning |',
    '| --- | --- | --- |',
    ...table,
    '',
    ...limitsSection(),
  ].join('\n');
}
