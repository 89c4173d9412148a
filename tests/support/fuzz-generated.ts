/** Hostile requests at what Directus generates and brings along. */
import fc, { type Arbitrary } from 'fast-check';
import { fileRequests } from './fuzz-files.ts';
import { graphqlRequests } from './fuzz-graphql.ts';
import { itemsRequests } from './fuzz-items.ts';
import { sessionRequests } from './fuzz-people.ts';
import { wordsOf, type Collections } from './fuzz-query.ts';
import { type FuzzRequest } from './fuzz-request.ts';
import { systemRequests } from './fuzz-system.ts';

export function generatedRequests(collections: Collections): Arbitrary<FuzzRequest> {
  const words = wordsOf(collections);
  return fc.oneof(
    { weight: 8, arbitrary: itemsRequests(collections, words) },
    { weight: 3, arbitrary: graphqlRequests(collections, words) },
    { weight: 2, arbitrary: fileRequests(words) },
    { weight: 2, arbitrary: sessionRequests(words) },
    { weight: 2, arbitrary: systemRequests(words) },
  );
}
