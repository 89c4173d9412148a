/** `expand[]`: puts the object in the place of its id. */
import { findObject } from './books.ts';
import type { Books } from './books.ts';
import { answerSchema, resolveSchema } from './contract.ts';
import type { JsonSchema, Operation } from './contract.ts';
import { badParameter } from './errors.ts';
import { listOf } from './list-page.ts';

const DEEPEST = 4;

type JsonObject = Record<string, unknown>;

/**
 * Checks the paths against the contract before anything is done. Paths into a list start with `data`.
 * @throws StripeApiError for a path that is too deep or ends at something that cannot be opened.
 */
export function checkExpand(operation: Operation, paths: string[]): void {
  for (const path of paths) {
    const steps = path.split('.');
    if (steps.length > DEEPEST) {
      throw badParameter(
        `You cannot expand more than ${DEEPEST} levels of a property. Property: ${path}`,
        'expand',
      );
    }
    if (!leadsToExpandable(resolveSchema(answerSchema(operation, '200')), steps)) {
      throw badParameter(`This property cannot be expanded (${path}).`, 'expand');
    }
  }
}

/** Returns a copy of the answer with the checked paths opened. Empty fields stay empty. */
export function expandAnswer(books: Books, answer: object, paths: string[]): object {
  const copy = structuredClone(answer) as JsonObject;
  for (const path of paths) expandPath(books, copy, path.split('.'));
  return copy;
}

/** An object of several kinds (a customer, perhaps deleted) is open where any of them is. */
function leadsToExpandable(kinds: JsonSchema[], steps: string[]): boolean {
  const [step = '', ...rest] = steps;
  return kinds.some((kind) => {
    const field = kind.properties && Object.hasOwn(kind.properties, step) ? kind.properties[step] : undefined;
    if (!field) return false;
    const next = resolveSchema(field.items ?? field);
    const is_includable = next.some((schema) => schema.properties?.['object']?.enum?.includes('list'));
    if (rest.length === 0) return is_includable || (kind['x-expandableFields']?.includes(step) ?? false);
    return leadsToExpandable(next, rest);
  });
}

function expandPath(books: Books, object: JsonObject, steps: string[]): void {
  const [step, ...rest] = steps;
  if (step === undefined) return;
  const next = openField(books, object, step);
  for (const item of Array.isArray(next) ? next : [next]) {
    if (typeof item === 'object' && item !== null) expandPath(books, item as JsonObject, rest);
  }
}

/** What stands in the field once it is open. */
function openField(books: Books, object: JsonObject, field: string): unknown {
  if (object['object'] === 'charge' && field === 'refunds') object['refunds'] ??= refundsOf(books, object);
  const value = object[field];
  const found = typeof value === 'string' ? findObject(books, value) : undefined;
  if (found) object[field] = structuredClone(found);
  return object[field];
}

/** Left out of a charge unless asked for. */
function refundsOf(books: Books, charge: JsonObject): object {
  const refunds = [...books.refunds.values()].filter((refund) => refund.charge === charge['id']).reverse();
  return structuredClone(listOf(refunds, `/v1/charges/${String(charge['id'])}/refunds`, false));
}
