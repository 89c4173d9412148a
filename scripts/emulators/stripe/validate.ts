/** Checks a request against the contract and words what is wrong as Stripe does. */
import type { ErrorObject } from 'ajv';
import { requestValidator } from './contract.ts';
import type { Operation } from './contract.ts';
import { badParameter, type StripeApiError } from './errors.ts';
import { coerce } from './form-body.ts';
import type { FormNode } from './form-body.ts';

const MOST_METADATA_KEYS = 50;
const LONGEST_METADATA_KEY = 40;
const LONGEST_METADATA_VALUE = 500;

/**
 * Returns the parameters with their types.
 * @throws StripeApiError 400: an unknown parameter is named before a missing one, both before one of the wrong type.
 */
export function validateRequest(operation: Operation, form: FormNode): Record<string, unknown> {
  const params = coerce(form, operation.request) as Record<string, unknown>;
  const validate = requestValidator(operation);
  if (!validate(params)) throw firstMistake(validate.errors ?? [], params);
  checkMetadata(params['metadata']);
  return params;
}

function firstMistake(errors: ErrorObject[], params: Record<string, unknown>): StripeApiError {
  const unknown = errors.filter((error) => error.keyword === 'additionalProperties').map(unknownParameter);
  if (unknown.length > 0) {
    const names = [...new Set(unknown)];
    const message = `Received unknown parameter${names.length > 1 ? 's' : ''}: ${names.join(', ')}`;
    return badParameter(message, names[0], 'parameter_unknown');
  }
  const missing = errors.find((error) => error.keyword === 'required');
  if (missing) {
    const param = parameterName(`${missing.instancePath}/${String(missing.params['missingProperty'])}`);
    return badParameter(`Missing required param: ${param}.`, param, 'parameter_missing');
  }
  // The deepest error says most: the branches of an anyOf fail along with what is wrong inside them.
  const deepest = errors.reduce((a, b) => (depth(b) > depth(a) ? b : a));
  return wrongValue(deepest, errors, params);
}

function wrongValue(
  error: ErrorObject,
  errors: ErrorObject[],
  params: Record<string, unknown>,
): StripeApiError {
  const param = parameterName(error.instancePath);
  const value = valueAt(params, error.instancePath);
  if (value === '') {
    const message =
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; ` +
      `however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`;
    return badParameter(message, param, 'parameter_invalid_empty');
  }
  const here = errors.filter((other) => other.instancePath === error.instancePath);
  const type = here.find((other) => other.keyword === 'type')?.params['type'];
  if (type === 'integer') {
    return badParameter(`Invalid integer: ${printed(value)}`, param, 'parameter_invalid_integer');
  }
  if (type !== undefined) return badParameter(`Invalid ${String(type)}: ${printed(value)}`, param);
  const allowed: unknown = here.find((other) => other.keyword === 'enum')?.params['allowedValues'];
  if (Array.isArray(allowed)) {
    return badParameter(`Invalid ${param}: must be one of ${allowed.join(', ')}`, param);
  }
  if (error.keyword === 'maxLength') {
    const limit = String(error.params['limit']);
    return badParameter(`Invalid string: ${printed(value)}; must be at most ${limit} characters`, param);
  }
  if (error.keyword === 'minimum' || error.keyword === 'maximum') {
    const bound = error.keyword === 'minimum' ? 'greater' : 'less';
    const message = `This value must be ${bound} than or equal to ${String(error.params['limit'])}.`;
    return badParameter(message, param, 'parameter_invalid_integer');
  }
  return badParameter(`Invalid ${param}: ${error.message ?? 'not valid'}`, param);
}

function checkMetadata(metadata: unknown): void {
  if (typeof metadata !== 'object' || metadata === null) return;
  const entries = Object.entries(metadata as Record<string, string>);
  if (entries.length > MOST_METADATA_KEYS) {
    throw badParameter(`You can only have ${MOST_METADATA_KEYS} metadata keys.`, 'metadata');
  }
  for (const [key, value] of entries) {
    if (key.length > LONGEST_METADATA_KEY) {
      const message = `Metadata keys must be at most ${LONGEST_METADATA_KEY} characters long: ${key}`;
      throw badParameter(message, 'metadata');
    }
    if (value.length > LONGEST_METADATA_VALUE) {
      const message = `Metadata values must be at most ${LONGEST_METADATA_VALUE} characters long (key ${key}).`;
      throw badParameter(message, `metadata[${key}]`);
    }
  }
}

function unknownParameter(error: ErrorObject): string {
  return parameterName(`${error.instancePath}/${String(error.params['additionalProperty'])}`);
}

/** `/shipping/address` becomes `shipping[address]`. */
function parameterName(pointer: string): string {
  const [head = '', ...rest] = stepsOf(pointer);
  return head + rest.map((step) => `[${step}]`).join('');
}

function valueAt(params: unknown, pointer: string): unknown {
  let value = params;
  for (const step of stepsOf(pointer)) value = (value as Record<string, unknown>)[step];
  return value;
}

function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function depth(error: ErrorObject): number {
  return error.instancePath.split('/').length;
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
