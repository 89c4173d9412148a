/** Checks a request against the contract and words what is wrong as PayPal does. */
import type { ErrorObject } from 'ajv';
import { issueDescription, requestErrors, unknownFields } from './contract.ts';
import type { Operation } from './contract.ts';
import { PayPalApiError } from './errors.ts';
import type { ErrorDetail } from './errors.ts';

const ISSUES: Record<string, string> = {
  required: 'MISSING_REQUIRED_PARAMETER',
  minLength: 'INVALID_STRING_LENGTH',
  maxLength: 'INVALID_STRING_LENGTH',
  enum: 'INVALID_PARAMETER_VALUE',
  minItems: 'INVALID_ARRAY_MIN_ITEMS',
  maxItems: 'INVALID_ARRAY_MAX_ITEMS',
};

/** @throws PayPalApiError 400 that names every field that is wrong, or unknown: PayPal itself lets some of those pass */
export function validateRequest(operation: Operation, body: unknown): void {
  const wrong = requestErrors(operation, body).map((error) => detailOf(operation, error, body));
  const unknown = unknownFields(operation.request, body).map((field) => ({
    field,
    location: 'body' as const,
    issue: 'INVALID_PARAMETER_SYNTAX',
  }));
  if (wrong.length + unknown.length > 0) throw new PayPalApiError(400, [...wrong, ...unknown]);
}

/**
 * The contract knows the field, this emulator does not act on it. Better refused than silently ignored.
 * @throws PayPalApiError
 */
export function refuseUnsimulated(object: unknown, simulated: readonly string[], at = ''): void {
  const extra = Object.keys(object ?? {}).filter((name) => !simulated.includes(name));
  if (extra.length === 0) return;
  throw new PayPalApiError(
    400,
    extra.map((name) => ({ field: `${at}/${name}`, location: 'body', issue: 'INVALID_PARAMETER_SYNTAX' })),
  );
}

function detailOf(operation: Operation, error: ErrorObject, body: unknown): ErrorDetail {
  const missing = error.keyword === 'required' ? `/${String(error.params['missingProperty'])}` : '';
  const issue = ISSUES[error.keyword] ?? 'INVALID_PARAMETER_SYNTAX';
  const value = missing ? undefined : valueAt(body, error.instancePath);
  return {
    field: `${error.instancePath}${missing}`,
    ...(typeof value === 'string' && { value }),
    location: 'body',
    // Not every operation lists every issue.
    issue: issueDescription(operation, 400, issue) === null ? 'INVALID_PARAMETER_SYNTAX' : issue,
  };
}

function valueAt(body: unknown, pointer: string): unknown {
  let value = body;
  for (const step of pointer.split('/').slice(1)) {
    value = (value as Record<string, unknown> | null)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}
