/** A provider's contract put to use: schemas are compiled when they are first needed, because few are. */
import type { Ajv, ValidateFunction } from 'ajv';

export type ContractChecks<Schema extends object> = {
  /** The schema is asked for once; after that the key stands for it. */
  validator: (key: string, schema: () => Schema) => ValidateFunction;
  /** What is wrong with a value, or null. */
  mistakeIn: (validate: ValidateFunction, value: unknown, called?: string) => string | null;
};

export function createContractChecks<Schema extends object>(ajv: Ajv): ContractChecks<Schema> {
  const validators = new Map<string, ValidateFunction>();
  return {
    validator: (key, schema) => {
      let validate = validators.get(key);
      if (!validate) {
        validate = ajv.compile(schema());
        validators.set(key, validate);
      }
      return validate;
    },
    mistakeIn: (validate, value, called = 'data') =>
      validate(value) ? null : ajv.errorsText(validate.errors, { separator: '; ', dataVar: called }),
  };
}

/** Where an operation of an OpenAPI document is asked for. */
export type OperationAddress = {
  /** `POST /v1/payment_intents/{intent}/confirm` */
  name: string;
  method: string;
  pattern: RegExp;
  path_parameters: string[];
};

/** @param method as the document writes it, in small letters */
export function addressOf(method: string, path: string): OperationAddress {
  return {
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '([^/]+)')}$`),
    path_parameters: [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? ''),
  };
}

/** The operation a request asks for, with what stands in the place of `{intent}` and the like. */
export function findAtAddress<Operation extends OperationAddress>(
  operations: Operation[],
  method: string,
  path: string,
): { operation: Operation; path: Record<string, string> } | undefined {
  for (const operation of operations) {
    const match = operation.method === method ? operation.pattern.exec(path) : null;
    if (!match) continue;
    const values = operation.path_parameters.map((name, index) => [name, match[index + 1] ?? '']);
    return { operation, path: Object.fromEntries(values) };
  }
  return undefined;
}
