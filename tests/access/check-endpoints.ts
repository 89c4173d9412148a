/** Directus' routes beside its collections, and files as /assets hands them out. */
import { randomUUID } from 'node:crypto';
import type { Answer } from '../support/access-world/ask.ts';
import { withoutRequestId } from '../support/store-client.ts';
import { refused, told, type Cell } from './cells.ts';
import { ENDPOINT_BODIES, ENDPOINTS } from './endpoints.ts';
import { isShopper } from './check-reads.ts';
import type { Matrix } from './matrix.ts';
import { ROLES, type Role } from './read-table.ts';

export function endpointCells(matrix: Matrix): Cell[] {
  const lines = ENDPOINTS.trim().split('\n');
  return lines.flatMap((line) => {
    const [method, path, ...named] = line.split(/\s+/) as [string, string, ...string[]];
    const body = () => {
      if (method === 'GET') return undefined;
      return path.startsWith('/utils/import') ? aFileOfRows() : (ENDPOINT_BODIES[`${method} ${path}`] ?? {});
    };
    return ROLES.flatMap((role): Cell[] => {
      const ask = () => matrix.ask(role, method, path, body());
      if (!named.includes(role)) return [refused(`${role} on ${method} ${path}`, ask)];
      return method === 'GET' ? [letIn(`${role} on ${method} ${path}`, ask)] : [];
    });
  });
}

function aFileOfRows(): FormData {
  const form = new FormData();
  form.append(
    'file',
    new Blob(['[{ "id": 1, "kind": "placed" }]'], { type: 'application/json' }),
    'rows.json',
  );
  return form;
}

function letIn(name: string, ask: () => Promise<Answer>): Cell {
  return {
    name,
    async check() {
      const answer = await ask();
      return answer.status < 300 ? [] : [told(answer)];
    },
  };
}

/** Who sees the bytes of which file: pictures of the shop window, files of the shop, what staff attach to orders. */
const SEEN: Record<'public_file' | 'nested_file' | 'private_file' | 'attachment', readonly Role[]> = {
  public_file: ROLES,
  nested_file: ROLES,
  private_file: ['catalogue_staff', 'administrator'],
  attachment: ['order_staff', 'administrator'],
};

/** Every way to the bytes of a file. One out of reach is told from one that does not exist by nobody. */
export function assetCells(matrix: Matrix): Cell[] {
  const missing = randomUUID();
  return (Object.keys(SEEN) as (keyof typeof SEEN)[]).flatMap((kind) =>
    ROLES.flatMap((role): Cell[] => {
      const file = matrix.world[kind];
      const ways: [string, string, (id: string) => string, ((id: string) => object)?][] = [
        ['shown', 'GET', (id) => `/assets/${id}`],
        ['looked for', 'HEAD', (id) => `/assets/${id}`],
        ['by name', 'GET', (id) => `/assets/${id}/a.png`],
        ['downloaded', 'GET', (id) => `/assets/${id}?download`],
        ['made smaller', 'GET', (id) => `/assets/${id}?key=system-small-cover`],
        ['zipped', 'POST', () => '/assets/files/', (id) => ({ ids: [id] })],
      ];
      return ways.map(([how, method, path, body]): Cell => {
        const name = `${role}: ${kind} ${how}`;
        const ask = (id: string) => matrix.ask(role, method, path(id), body?.(id));
        // Archives of several files are for the admin app.
        const isOpen = SEEN[kind].includes(role) && !(how === 'zipped' && isShopper(role));
        if (isOpen) return letIn(name, () => ask(file));
        return {
          name,
          async check() {
            const [answer, other] = [await ask(file), await ask(missing)];
            const isSame =
              answer.status === other.status &&
              withoutRequestId(answer.text.replaceAll(file, missing)) === withoutRequestId(other.text);
            return [400, 403].includes(answer.status) && isSame
              ? []
              : [`${told(answer)}, and of a missing one ${told(other)}`];
          },
        };
      });
    }),
  );
}
