import { callersFault } from '../platform/callers-fault.ts';

/** GraphQL answers errors by a way of its own, past Express; a patch of Directus asks there what the caller can put right. */
export function tellFaultsInGraphQl(): void {
  const home = globalThis as { [key: symbol]: unknown };
  home[Symbol.for('kontor.graphql-fault')] = (error: unknown) =>
    callersFault(error, { method: 'GET', path: '/graphql' });
}
