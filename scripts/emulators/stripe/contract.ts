/**
 * Stripe's contract as data (see contract/README.md): which operations exist, what their requests and answers look
 * like, and what `expand[]` may open.
 */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { addressOf, createContractChecks, findAtAddress } from '../contract-checks.ts';
import type { OperationAddress } from '../contract-checks.ts';

export const API_VERSION = '2026-10-28.endive';

export type JsonSchema = {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  additionalProperties?: boolean | JsonSchema;
  maxLength?: number;
  nullable?: boolean;
  $ref?: string;
  'x-expandableFields'?: string[];
};

type Parameter = { name: string; in: 'path' | 'query'; required: boolean; schema: JsonSchema };
type Content = Record<string, { schema: JsonSchema }>;
type OperationDocument = {
  parameters: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { content: Content }>;
};
type Document = {
  paths: Record<string, Record<string, OperationDocument>>;
  components: { schemas: Record<string, JsonSchema> };
};

export type Operation = OperationAddress & {
  /** The form body of a POST, the query of everything else. */
  request: JsonSchema;
  document: OperationDocument;
};

const contract = JSON.parse(
  readFileSync(new URL('contract/openapi.slim.json', import.meta.url), 'utf8'),
) as Document;

const operations: Operation[] = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, document]) => ({
    ...addressOf(method, path),
    request: requestSchema(document),
    document,
  })),
);

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: { 'unix-time': true, decimal: true, currency: true },
});
ajv.addSchema({
  $id: 'contract',
  components: { schemas: mapValues(contract.components.schemas, toJsonSchema) },
});

const { validator, mistakeIn } = createContractChecks<JsonSchema>(ajv);

/** The operation a request asks for, with what stands in the place of `{intent}` and the like. */
export function findOperation(
  method: string,
  path: string,
): { operation: Operation; path: Record<string, string> } | undefined {
  return findAtAddress(operations, method, path);
}

/** Checks parameters already coerced; compiled on first use, because few operations are ever called. */
export function requestValidator(operation: Operation): ValidateFunction {
  return validator(`request ${operation.name}`, () => toJsonSchema(operation.request));
}

/** The schema of what is answered: `200`, or `default` for errors. */
export function answerSchema(operation: Operation, kind: '200' | 'default'): JsonSchema {
  const schema = operation.document.responses[kind]?.content['application/json']?.schema;
  if (!schema) throw new RangeError(`${operation.name} has no ${kind} answer in the contract`);
  return schema;
}

/** A schema without references and alternatives: everything it may turn out to be. */
export function resolveSchema(schema: JsonSchema): JsonSchema[] {
  if (schema.anyOf) return schema.anyOf.flatMap(resolveSchema);
  if (!schema.$ref) return [schema];
  const target = contract.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
  if (!target) throw new RangeError(`the contract has no ${schema.$ref}`);
  return resolveSchema(target);
}

/** What is wrong with an answer, or null: the success schema for 2xx, the error envelope for the rest. */
export function findResponseMistake(operation: Operation, status: number, body: unknown): string | null {
  const kind = status < 300 ? '200' : 'default';
  return mistakeIn(
    validator(`${kind} ${operation.name}`, () => toJsonSchema(answerSchema(operation, kind))),
    body,
  );
}

/** What is wrong with an object by its schema in the contract (`event`, `charge`), or null. */
export function findObjectMistake(schema_name: string, object: unknown): string | null {
  const validate = validator(`schema ${schema_name}`, () => ({
    $ref: `contract#/components/schemas/${schema_name}`,
  }));
  return mistakeIn(validate, object);
}

function requestSchema(document: OperationDocument): JsonSchema {
  const body = document.requestBody?.content['application/x-www-form-urlencoded']?.schema;
  if (body) return body;
  const query = document.parameters.filter((parameter) => parameter.in === 'query');
  return {
    type: 'object',
    properties: Object.fromEntries(query.map((parameter) => [parameter.name, parameter.schema])),
    required: query.filter((parameter) => parameter.required).map((parameter) => parameter.name),
    additionalProperties: false,
  };
}

/** OpenAPI 3.0 says `nullable`, JSON Schema says `null` among the types. Also points references at the contract. */
function toJsonSchema(schema: JsonSchema): JsonSchema {
  const { nullable, $ref, ...rest } = schema;
  const result: JsonSchema = { ...rest };
  if ($ref) result.$ref = `contract${$ref}`;
  if (rest.properties) result.properties = mapValues(rest.properties, toJsonSchema);
  if (rest.items) result.items = toJsonSchema(rest.items);
  if (rest.anyOf) result.anyOf = rest.anyOf.map(toJsonSchema);
  if (typeof rest.additionalProperties === 'object') {
    result.additionalProperties = toJsonSchema(rest.additionalProperties);
  }
  if (nullable && typeof rest.type === 'string') result.type = [rest.type, 'null'];
  if (nullable && result.anyOf) result.anyOf = [...result.anyOf, { type: 'null' }];
  return result;
}

function mapValues<Value, Result>(
  record: Record<string, Value>,
  map: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
