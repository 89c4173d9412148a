/** The errors of PayPal's API. Which exist and how they are worded is the contract's to say. */
import { randomBytes } from 'node:crypto';
import { issueDescription } from './contract.ts';
import type { Operation } from './contract.ts';

export type ErrorDetail = { issue: string; field?: string; value?: string; location?: 'body' | 'path' };
type Link = { href: string; rel: string; method: string };

/** What a request is answered with instead of its object. */
export class PayPalApiError extends Error {
  readonly status: number;
  readonly details: ErrorDetail[];
  readonly links: Link[];
  /** Whether a repeat with the same `PayPal-Request-Id` hears the same again, instead of being tried. */
  readonly is_kept: boolean;

  constructor(status: number, details: ErrorDetail[], more: { links?: Link[]; is_kept?: boolean } = {}) {
    super(details.map(({ issue }) => issue).join(', '));
    this.status = status;
    this.details = details;
    this.links = more.links ?? [];
    this.is_kept = more.is_kept ?? false;
  }
}

/** The request is well formed, and the object or the shopper's bank does not allow it. */
export function refused(
  issue: string,
  more: { field?: string; links?: Link[]; is_kept?: boolean } = {},
): PayPalApiError {
  return new PayPalApiError(
    422,
    [{ issue, ...(more.field && { field: more.field, location: 'body' as const }) }],
    more,
  );
}

export function notFound(): PayPalApiError {
  return new PayPalApiError(404, [{ issue: 'INVALID_RESOURCE_ID', location: 'path' }]);
}

const NAMES: Record<number, [name: string, message: string]> = {
  400: ['INVALID_REQUEST', 'Request is not well-formed, syntactically incorrect, or violates schema.'],
  401: [
    'AUTHENTICATION_FAILURE',
    'Authentication failed due to missing authorization header, or invalid authentication credentials.',
  ],
  403: ['NOT_AUTHORIZED', 'Authorization failed due to insufficient permissions.'],
  404: ['RESOURCE_NOT_FOUND', 'The specified resource does not exist.'],
  409: ['RESOURCE_CONFLICT', 'The server has detected a conflict while processing this request.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', "The server does not support the request payload's media type."],
  422: [
    'UNPROCESSABLE_ENTITY',
    'The requested action could not be performed, semantically incorrect, or failed business validation.',
  ],
  503: ['SERVICE_UNAVAILABLE', 'Service Unavailable.'],
};
const BROKEN: [string, string] = ['INTERNAL_SERVER_ERROR', 'An internal server error occurred.'];

/** The body of an answer that only says what kind of failure it is: a fault, or no operation at all. */
export function plainErrorBody(
  status: number,
  details: (ErrorDetail & { description?: string })[] = [],
): object {
  const [name, message] = NAMES[status] ?? BROKEN;
  return { name, message, debug_id: debugId(), ...(details.length > 0 && { details }) };
}

/** @throws RangeError when the contract does not list the issue for this operation: a mistake of the emulator. */
export function errorBody(operation: Operation, error: PayPalApiError): object {
  const details = error.details.map((detail) => {
    const description = issueDescription(operation, error.status, detail.issue);
    if (description !== null) return { ...detail, description };
    // A conflict is described where it is listed, and may happen everywhere.
    if (error.status === 409 || error.status === 401) return detail;
    throw new RangeError(`${operation.name} has no ${error.status} ${detail.issue}`);
  });
  return { ...plainErrorBody(error.status, details), ...(error.links.length > 0 && { links: error.links }) };
}

export function debugId(): string {
  return randomBytes(7).toString('hex').slice(0, 13);
}
