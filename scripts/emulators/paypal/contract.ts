/**
 * PayPal's contract as data (see contract/README.md): which operations exist, what their requests and answers look like, and
 * how an error is worded.
 */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';
import { addressOf, createContractChecks, findAtAddress } from '../contract-checks.ts';
import type { OperationAddress } from '../contract-checks.ts';

export type JsonSchema = {
  type?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: string[];
  additionalProperties?: boolean;
  $ref?: string;
};

type Content = { content?: Record<string, { schema: JsonSchema }>; $ref?: string };
type OperationDocument = { requestBody?: Content; responses: Record<string, Content> };
type Document = {
  paths: Record<string, Record<string, OperationDocument>>;
  components: { schemas: Record<string, JsonSchema>; responses?: Record<string, Content> };
};

export type Operation = OperationAddress & {
  /** Null where nothing may be sent. */
  request: JsonSchema | null;
  document: OperationDocument;
};

const documents: Record<string, Document> = {
  orders: load('orders', 'checkout_orders_v2'),
  payments: load('payments', 'payments_payment_v2'),
  webhooks: load('webhooks', 'webhook_event_v1'),
};

const operations: Operation[] = Object.values(documents).flatMap((document) =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...addressOf(method, path),
      request: operation.requestBody?.content?.['application/json']?.schema ?? null,
      document: operation,
    })),
  ),
);

// PayPal's pattern of an e-mail address is none of those the `u` flag accepts; its formats are names of its own.
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false });
for (const [name, document] of Object.entries(documents)) {
  ajv.addSchema({ $id: name, components: document.components });
}

const checks = createContractChecks<JsonSchema>(ajv);

/** References are made absolute, so that a part of a document can be compiled by itself. */
function load(name: string, file: string): Document {
  const text = readFileSync(new URL(`contract/${file}.slim.json`, import.meta.url), 'utf8');
  return JSON.parse(text.replaceAll('"#/', `"${name}#/`)) as Document;
}

/** The operation a request asks for, with what stands in the place of `{id}` and the like. */
export function findOperation(
  method: string,
  path: string,
): { operation: Operation; path: Record<string, string> } | undefined {
  return findAtAddress(operations, method, path);
}

/** What the schema of a request says against a body; empty when nothing. */
export function requestErrors(operation: Operation, body: unknown): ErrorObject[] {
  const validate = checks.validator(`request ${operation.name}`, () => operation.request ?? {});
  return validate(body) ? [] : (validate.errors ?? []);
}

/** Pointers (`/purchase_units/0/gift`) to what no schema names. The specification closes no object. */
export function unknownFields(schema: JsonSchema | null, value: unknown, at = ''): string[] {
  if (Array.isArray(value)) {
    const items = schema ? propertiesOf(schema).items : undefined;
    return items ? value.flatMap((item, index) => unknownFields(items, item, `${at}/${index}`)) : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const { properties, is_open } = schema ? propertiesOf(schema) : { properties: new Map(), is_open: false };
  return Object.entries(value).flatMap(([name, field]) => {
    const known = properties.get(name) as JsonSchema | undefined;
    if (known) return unknownFields(known, field, `${at}/${name}`);
    return is_open ? [] : [`${at}/${name}`];
  });
}

/** How an error is worded, and where none is listed for this status: null. */
export function issueDescription(operation: Operation, status: number, issue: string): string | null {
  const schema = answerSchema(operation, status);
  const details = schema && propertiesOf(schema).properties.get('details');
  const items = details && propertiesOf(details).all_items;
  for (const item of items ?? []) {
    for (const branch of item.anyOf ?? []) {
      if (branch.properties?.['issue']?.enum?.[0] === issue)
        return branch.properties['description']?.enum?.[0] ?? '';
    }
  }
  return null;
}

/** What is wrong with an answer by its schema, or null. */
export function findResponseMistake(operation: Operation, status: number, body: unknown): string | null {
  if (status === 204) return body === null ? null : 'a body where there is none';
  const schema = answerSchema(operation, status);
  if (!schema) return `${operation.name} answers no ${status}`;
  return mistakeIn(`${status} ${operation.name}`, schema, body);
}

const RESOURCES: Record<string, string> = {
  'checkout-order': 'orders#/components/schemas/order',
  capture: 'payments#/components/schemas/capture-2',
  authorization: 'payments#/components/schemas/authorization-2',
  refund: 'payments#/components/schemas/refund',
};

/** What is wrong with an event and with the resource in it, or null. */
export function findEventMistake(event: { resource_type: string; resource: unknown }): string | null {
  const envelope = mistakeIn('event', { $ref: 'webhooks#/components/schemas/event' }, event);
  const resource = RESOURCES[event.resource_type];
  if (!resource) return `there is no resource ${event.resource_type}`;
  return envelope ?? mistakeIn(`event ${event.resource_type}`, { $ref: resource }, event.resource);
}

/** The schema of what is answered with this status; an error that is not listed is any of the known ones. */
function answerSchema(operation: Operation, status: number): JsonSchema | null {
  const { responses } = operation.document;
  const listed = responses[status] ?? (status >= 400 ? responses['default'] : undefined);
  const response = listed?.$ref ? (target(listed.$ref) as Content) : listed;
  const schema = response?.content?.['application/json']?.schema;
  if (schema || !listed) return schema ?? null;
  // `500` is listed without a body, and has one all the same.
  return { $ref: 'orders#/components/schemas/error_500' };
}

function mistakeIn(key: string, schema: JsonSchema, value: unknown): string | null {
  const mistake = checks.mistakeIn(
    checks.validator(key, () => schema),
    value,
  );
  if (mistake) return mistake;
  const unknown = unknownFields(schema, value);
  return unknown.length > 0 ? `unknown: ${unknown.join(', ')}` : null;
}

type Shape = {
  properties: Map<string, JsonSchema>;
  items: JsonSchema | undefined;
  /** Several where a list is described twice, as the details of an error are. */
  all_items: JsonSchema[];
  /** An object nothing is said about. */
  is_open: boolean;
};

/** Everything an object or a list may hold, through references and alternatives. */
function propertiesOf(schema: JsonSchema): Shape {
  const parts = partsOf(schema);
  const properties = new Map<string, JsonSchema>();
  for (const part of parts) {
    for (const [name, field] of Object.entries(part.properties ?? {})) {
      const earlier = properties.get(name);
      properties.set(name, earlier ? { allOf: [earlier, field] } : field);
    }
  }
  const all_items = parts.flatMap((part) => (part.items ? [part.items] : []));
  const items = all_items.length > 1 ? { allOf: all_items } : all_items[0];
  const is_open = parts.some((part) => part.additionalProperties === true);
  return { properties, items, all_items, is_open };
}

function partsOf(schema: JsonSchema): JsonSchema[] {
  const { $ref, allOf = [], anyOf = [], oneOf = [] } = schema;
  const others = [...($ref ? [target($ref) as JsonSchema] : []), ...allOf, ...anyOf, ...oneOf];
  return [schema, ...others.flatMap(partsOf)];
}

function target(reference: string): object {
  const [name = '', path = ''] = reference.split('#/');
  let found: unknown = documents[name];
  for (const step of path.split('/')) found = (found as Record<string, unknown> | undefined)?.[step];
  if (typeof found !== 'object' || found === null) throw new RangeError(`the contract has no ${reference}`);
  return found;
}
