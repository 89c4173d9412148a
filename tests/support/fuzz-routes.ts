/** Requests at every route of the OpenAPI document, good and broken, from the schemas it gives. */
import fc, { type Arbitrary } from 'fast-check';
import { describeSurfaces, type OpenApiDocument } from '../../extensions/commerce-api/src/docs/openapi.ts';
import { staffRoutes, storeRoutes } from '../../extensions/commerce-api/src/surfaces.ts';
import {
  ACTORS, addressOf, jsonBody, NO_BODY, oddBody, oddHeaders, oddTail, requestOf, type Actor, type Body, type FuzzRequest,
} from './fuzz-request.ts'; // prettier-ignore
import { valueOf, type JsonSchema } from './fuzz-schema.ts';
import { broken, encoded, nastyText, nastyValue, objectOf, placeholder, queryParts } from './fuzz-values.ts';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: JsonSchema;
}

interface Target {
  method: string;
  path: string;
  parameters: Parameter[];
  body: JsonSchema | null;
  components: Record<string, JsonSchema>;
}

/** Placed once, so that a customer who fuzzes does not end a run by it. */
const UNUSUAL_METHODS = [
  'PUT',
  'PATCH',
  'DELETE',
  'POST',
  'GET',
  'HEAD',
  'OPTIONS',
  'SEARCH',
  'TRACE',
  'PROPFIND',
  'PURGE',
];

/** @returns a stream for each route, since routes want to be met equally often */
export function routeRequests(): Arbitrary<FuzzRequest> {
  const document = describeSurfaces(
    [
      { prefix: '/store', routes: storeRoutes },
      { prefix: '/staff', routes: staffRoutes },
    ],
    '/',
  );
  return fc.oneof(...targetsOf(document).map(requestsAt));
}

function targetsOf({ paths, components }: OpenApiDocument): Target[] {
  const schemas = components.schemas as Record<string, JsonSchema>;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): Target => {
      const { parameters = [], requestBody } = operation as {
        parameters?: Parameter[];
        requestBody?: { content: { 'application/json': { schema: JsonSchema } } };
      };
      const body = requestBody?.content['application/json'].schema ?? null;
      return { method: method.toUpperCase(), path, parameters, body, components: schemas };
    }),
  );
}

function requestsAt(target: Target): Arbitrary<FuzzRequest> {
  const of = (place: Parameter['in']) => target.parameters.filter((each) => each.in === place);
  const good = (each: Parameter) => valueOf(each.schema, target.components, each.name);
  const path = fc.tuple(...of('path').map((each) => pathPart(good(each))));
  const goodQuery = fieldsOf(of('query'), good);
  const goodBody = target.body ? valueOf(target.body, target.components) : fc.constant({});
  const parts = (isGood: boolean) =>
    fc.record({
      as: actorsOf(target),
      path,
      query: isGood ? goodQuery : fc.oneof(goodQuery, broken(goodQuery)),
      tail: isGood ? fc.constant('') : oddTail,
      method: fc.oneof(
        { weight: 30, arbitrary: fc.constant(target.method) },
        { weight: isGood ? 0 : 1, arbitrary: fc.constantFrom(...UNUSUAL_METHODS) },
      ),
      body: bodyOf(target, goodBody, isGood),
      headers: isGood ? fc.constant({}) : oddHeaders,
      key: keyOf(of('header').length > 0),
    });
  return fc
    .oneof({ weight: 2, arbitrary: parts(true) }, { weight: 3, arbitrary: parts(false) })
    .map(({ as, path: values, query, tail, method, body, headers, key }) => {
      let next = 0;
      const address = target.path.replace(/\{\w+\}/g, () => values[next++] ?? '');
      const parameters = Object.entries(Object(query) as object).flatMap(([name, value]) =>
        queryParts(encoded(name), value),
      );
      const at = `${target.method} ${target.path}`;
      const addressed = { at, as, method, target: addressOf(address, parameters, tail) };
      return requestOf(addressed, body, { ...key, ...headers });
    });
}

function bodyOf({ body, method }: Target, good: Arbitrary<unknown>, isGood: boolean): Arbitrary<Body> {
  if (isGood) return body ? jsonBody(good) : fc.constant(NO_BODY);
  if (method === 'GET')
    return fc.oneof(
      { weight: 9, arbitrary: fc.constant(NO_BODY) },
      { weight: 1, arbitrary: oddBody(nastyValue) },
    );
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(NO_BODY) },
    { weight: 3, arbitrary: jsonBody(good) },
    { weight: 8, arbitrary: oddBody(broken(good)) },
  );
}

function pathPart(good: Arbitrary<unknown>): Arbitrary<string> {
  return fc.oneof(
    { weight: 14, arbitrary: good.map((value) => encoded(String(value)) || '%20') },
    { weight: 1, arbitrary: nastyText.map((text) => encoded(text).slice(0, 2_000)) },
  );
}

/** The required ones and up to two others: of many, one is sure to be refused, and hides the rest. */
function fieldsOf(
  parameters: Parameter[],
  good: (each: Parameter) => Arbitrary<unknown>,
): Arbitrary<unknown> {
  const required = parameters.filter((each) => each.required);
  const optional = parameters.filter((each) => !each.required);
  return fc.subarray(optional, { maxLength: Math.min(optional.length, 2) }).chain((chosen) => {
    const entries = [...required, ...chosen].map((each) => [each.name, good(each)] as const);
    return fc.record(Object.fromEntries(entries)).map((record) => objectOf(Object.entries(record)));
  });
}

/** Those a route is for come more often, since the others get no further than its door. */
function actorsOf({ path }: Target): Arbitrary<Actor> {
  const isFor: Actor[] = path.startsWith('/staff')
    ? ['order_staff', 'catalogue_staff', 'admin']
    : path.startsWith('/store/me')
      ? ['customer']
      : ['guest', 'customer'];
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...isFor) },
    { weight: 1, arbitrary: fc.constantFrom(...ACTORS) },
  );
}

function keyOf(isRead: boolean): Arbitrary<Record<string, string>> {
  if (!isRead) return fc.constant({});
  return fc.oneof(
    { weight: 6, arbitrary: fc.uuid().map((key): Record<string, string> => ({ 'idempotency-key': key })) },
    {
      weight: 1,
      arbitrary: placeholder('key').map((key): Record<string, string> => ({ 'idempotency-key': key })),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Record<string, string>>(
        {},
        { 'idempotency-key': 'x'.repeat(256) },
        { 'idempotency-key': ' ' },
      ),
    },
  );
}
