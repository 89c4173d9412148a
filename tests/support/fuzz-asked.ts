/** A request at an address of Directus, with whatever query and body. */
import fc, { type Arbitrary } from 'fast-check';
import {
  ACTORS,
  addressOf,
  NO_BODY,
  oddHeaders,
  oddTail,
  requestOf,
  type Actor,
  type Body,
  type FuzzRequest,
} from './fuzz-request.ts';
import { queryParts } from './fuzz-values.ts';

export function oneOf<Value>(...choices: [number, Arbitrary<Value>][]): Arbitrary<Value> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

const anyone: Arbitrary<Actor> = fc.constantFrom(...ACTORS);

export function asked(
  at: string,
  method: Arbitrary<string>,
  path: Arbitrary<string>,
  {
    query = fc.constant({}),
    body = fc.constant(NO_BODY),
    as = anyone,
  }: { query?: Arbitrary<object>; body?: Arbitrary<Body>; as?: Arbitrary<Actor> } = {},
): Arbitrary<FuzzRequest> {
  return fc.record({ method, path, query, body, as, tail: oddTail, headers: oddHeaders }).map((each) => {
    const parts = Object.entries(each.query).flatMap(([name, value]) => queryParts(name, value));
    return requestOf(
      {
        at: `${each.method} ${at}`,
        as: each.as,
        method: each.method,
        target: addressOf(each.path, parts, each.tail),
      },
      each.body,
      each.headers,
    );
  });
}
