/** Flutterwave's contract as data (see contract/README.md): which operations exist, what is asked and answered. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { createContractChecks } from '../contract-checks.ts';

type JsonSchema = Record<string, unknown>;
type OperationDocument = {
  path?: Record<string, JsonSchema>;
  query?: Record<string, JsonSchema & { required?: boolean }>;
  request?: string;
  response: string;
};
type Document = {
  operations: Record<string, OperationDocument>;
  schemas: Record<string, JsonSchema>;
  samples: Record<string, unknown>;
};

export type Operation = {
  /** `POST /transactions/{id}/refund` */
  name: string;
  method: string;
  pattern: RegExp;
  document: OperationDocument;
};

const BASE = '/v3';

const contract = JSON.parse(
  readFileSync(new URL('contract/contract.json', import.meta.url), 'utf8'),
) as Document;

const operations: Operation[] = Object.entries(contract.operations).map(([name, document]) => {
  const [method = '', path = ''] = name.split(' ');
  const pattern = new RegExp(`^${BASE}${path.replace('{id}', '([1-9][0-9]{0,15})')}$`);
  return { name, method, pattern, document };
});

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema({ $id: 'contract', schemas: contract.schemas });
const { validator, mistakeIn } = createContractChecks<JsonSchema>(ajv);

export const samples: Readonly<Record<string, unknown>> = contract.samples;

/** The operation a request asks for, with the number that stands in the place of `{id}`. */
export function findOperation(
  method: string,
  path: string,
): { operation: Operation; id: number } | undefined {
  for (const operation of operations) {
    const match = operation.method === method ? operation.pattern.exec(path) : null;
    if (match) return { operation, id: Number(match[1] ?? 0) };
  }
  return undefined;
}

/** What is wrong with the query and the body of a request, or null. */
export function findRequestMistake(
  { document, name }: Operation,
  query: Record<string, string>,
  body: unknown,
): string | null {
  const { request } = document;
  if (!request && body !== undefined) return 'body must be left out';
  const inQuery = mistakeIn(
    validator(`query ${name}`, () => querySchema(document)),
    query,
    'query',
  );
  return inQuery ?? (request ? findObjectMistake(request, body, 'body') : null);
}

/** What is wrong with an answer, or null: the success schema for 2xx, the error envelope for the rest. */
export function findResponseMistake(operation: Operation, status: number, body: unknown): string | null {
  return findObjectMistake(status < 300 ? operation.document.response : 'error_response', body);
}

/** What is wrong with an object by its schema in the contract (`webhook_v3`), or null. */
export function findObjectMistake(schema_name: string, object: unknown, dataVar = 'data'): string | null {
  const validate = validator(`schema ${schema_name}`, () => ({ $ref: `contract#/schemas/${schema_name}` }));
  return mistakeIn(validate, object, dataVar);
}

function querySchema({ query = {} }: OperationDocument): JsonSchema {
  const parameters = Object.entries(query).map(([name, { required, ...schema }]) => ({
    name,
    required,
    schema,
  }));
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
}
