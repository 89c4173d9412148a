/** Cells of the matrix: each is something a role may or may not do, asked of the running shop. */
import type { Answer } from '../support/access-world/ask.ts';

export interface Cell {
  name: string;
  /** How many statements of the table it settles; one, unless it asks about several fields at once. */
  size?: number;
  /** What is not as the table says. */
  check: () => Promise<readonly string[]>;
}

export interface Outcome {
  cells: number;
  unexpected: string[];
}

/** Several at a time: most of a cell is waiting. */
const AT_ONCE = 8;

/** All of them, or every fourth: some of every collection, role and way to ask. */
export function chosen(cells: readonly Cell[], which: string | undefined): readonly Cell[] {
  return which === 'all' ? cells : cells.filter((_, index) => index % 4 === 0);
}

export async function runCells(cells: readonly Cell[], at_once = AT_ONCE): Promise<Outcome> {
  const outcome: Outcome = { cells: 0, unexpected: [] };
  const left = cells[Symbol.iterator]();
  async function work(): Promise<void> {
    for (const { name, size = 1, check } of left) {
      outcome.cells += size;
      for (const problem of await check()) outcome.unexpected.push(`${name}: ${problem}`);
    }
  }
  await Promise.all(Array.from({ length: at_once }, work));
  outcome.unexpected.sort();
  return outcome;
}

/** A cell whose request has to be refused. 401 is what `/users/me` says to nobody; 404 is what Directus says where there is no such route at all. */
export function refused(name: string, ask: () => Promise<Answer>): Cell {
  return {
    name,
    async check() {
      const answer = await ask();
      return isRefusal(answer) ? [] : [told(answer)];
    },
  };
}

/** A cell whose request has to succeed. */
export function allowed(name: string, ask: () => Promise<Answer>): Cell {
  return {
    name,
    async check() {
      const answer = await ask();
      return answer.status < 300 ? [] : [told(answer)];
    },
  };
}

/** A cell whose one request asks for several fields and has to be refused for exactly these. */
export function refusedFor(name: string, fields: readonly string[], ask: () => Promise<Answer>): Cell {
  return {
    name,
    size: fields.length,
    async check() {
      const answer = await ask();
      const named = forbiddenFields(answer);
      if (!isRefusal(answer) || named === null) return [told(answer)];
      return difference('refused', fields, named);
    },
  };
}

/** A cell whose one GraphQL document asks for several names that do not exist for the caller. */
export function unknownTo(name: string, names: readonly string[], ask: () => Promise<Answer>): Cell {
  return {
    name,
    size: names.length,
    async check() {
      const answer = await ask();
      // Whoever may write nothing has no mutations at all.
      if (answer.status === 403 || hasNoSuchOperation(answer) || isPlainValue(answer)) return [];
      return difference('unknown', names, unknownNames(answer));
    },
  };
}

export function told({ status, text }: Answer): string {
  return `answered ${status} ${text.slice(0, 300)}`;
}

export function difference(what: string, expected: Iterable<string>, found: Iterable<string>): string[] {
  const [wanted, got] = [new Set(expected), new Set(found)];
  const missing = [...wanted].filter((each) => !got.has(each));
  const more = [...got].filter((each) => !wanted.has(each));
  return [
    ...(missing.length > 0 ? [`not ${what}: ${missing.join(' ')}`] : []),
    ...(more.length > 0 ? [`${what}, against the table: ${more.join(' ')}`] : []),
  ];
}

function isRefusal({ status }: Answer): boolean {
  return status === 401 || status === 403 || status === 404;
}

/** The fields Directus names when it refuses a request; null where it names none. */
function forbiddenFields({ json }: Answer): string[] | null {
  const message = String(json.errors?.[0]?.message ?? '');
  const list = /access fields? (.+) in collection/.exec(message)?.[1];
  return list ? [...list.matchAll(/"([^"]+)"/g)].map(([, field]) => field!) : null;
}

function unknownNames({ json }: Answer): string[] {
  const errors = (json.errors?.[0]?.extensions?.errors ?? []) as { message: string }[];
  return errors.flatMap(({ message }) => /^Cannot query field "(\w+)"/.exec(message)?.[1] ?? []);
}

function hasNoSuchOperation({ json }: Answer): boolean {
  return String(json.errors?.[0]?.message).startsWith('Schema is not configured to execute');
}

/** A relation that GraphQL does not follow for this caller: it is a key there, with nothing behind it. */
function isPlainValue({ json }: Answer): boolean {
  const errors = (json.errors?.[0]?.extensions?.errors ?? []) as { message: string }[];
  return errors.length > 0 && errors.every(({ message }) => message.includes('must not have a selection'));
}
