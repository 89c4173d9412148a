/** Every advisory that is open against Directus 11.17.4, as an attack; those that end a process come last. */
import { ANONYMOUS_ATTACKS } from './anonymous-attacks.ts';
import { QUERY_ATTACKS } from './query-attacks.ts';
import { SOCKET_ATTACKS } from './socket-attacks.ts';
import { STAFF_ATTACKS } from './staff-attacks.ts';
import type { Attack } from './target.ts';

export const ATTACKS: readonly Attack[] = [
  ...SOCKET_ATTACKS,
  ...ANONYMOUS_ATTACKS,
  ...STAFF_ATTACKS,
  ...QUERY_ATTACKS,
];
