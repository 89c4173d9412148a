/** What the shop does when it knows the answer already: the cache in front, against a server that does nothing else. */
import { once } from 'node:events';
import { startReference, type Reference } from './bench-server.ts';
import { ask, prepared, type Prepared } from './raw-client.ts';
import { contest, profileOf, type Entry, type StoreBench } from './store-bench.ts';
import { measureMix } from './store-mix.ts';
import {
  detailRequests,
  directusRequest,
  isHit,
  ITEMS_LIST,
  listRequest,
  type Pool,
} from './store-requests.ts';
import { startStore, type StoreServer } from './store-shop.ts';
import { residentOf } from './server-usage.ts';

const ASKED_AGAIN = 5;

export async function measureHits(bench: StoreBench): Promise<{ resident_mb: number; mix: unknown }> {
  const { store, wants, wrong } = bench;
  const server = await startStore(store, { cache: 'on', profiled: bench.profiles !== null });
  try {
    const details = await detailRequests(store.db, store.shape);
    const detail = details.requests.slice(0, 1);
    const pools: Record<string, Pool> = {
      'items-hit': await directusRequest(store.db, server.url, ITEMS_LIST, { is_kept: true }),
      'list-hit': await listRequest(store.db),
      'detail-hit': { requests: detail, proven: detail },
      'details-hit': details,
    };
    const memory = await startReference('memory-server', store.connection, bench.stops);
    const bare = { url: memory.url, pid: memory.process.pid ?? 0 };
    for (const [name, pool] of Object.entries(pools)) {
      if (!wants(name)) continue;
      const same = await holdSame(memory, server.url, pool);
      wrong.push(...(await notKept(server.url, name, pool.proven)));
      const entries: Entry[] = [
        { name, server, pool },
        { name: `${name}-bare`, server: bare, pool: same },
      ];
      await contest(bench, entries);
      if (bench.runs[name]) await profileOf(bench, name, server, pool);
    }
    const mix = wants('mix') ? await mixOf(bench, server) : null;
    return { resident_mb: residentOf(server.pid), mix };
  } finally {
    await server.stop();
  }
}

/** What the mix came to; null when an answer was wrong, which is then said. */
async function mixOf(bench: StoreBench, server: StoreServer): Promise<object | null> {
  try {
    return await measureMix(bench, server);
  } catch (error) {
    bench.wrong.push(`mix: ${(error as Error).message}`);
    return null;
  }
}

/** Gives the bare server the shop's own answers. @returns the same requests, each right only when its answer is the shop's */
async function holdSame(memory: Reference, url: string, { requests }: Pool): Promise<Pool> {
  const same: Prepared[] = [];
  for (const { path } of requests) {
    const body = (await ask(url, prepared(path))).body.toString();
    memory.process.send({ path, body });
    await once(memory.process, 'message');
    same.push(prepared(path, { check: (answer) => (answer === body ? null : 'not the same bytes') }));
  }
  return { requests: same, proven: same };
}

/** Asked again, each must come out of the cache and be the same; with its tag in hand, nothing need be sent. */
async function notKept(url: string, name: string, requests: readonly Prepared[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { path } of requests.slice(0, ASKED_AGAIN)) {
    const first = await ask(url, prepared(path));
    const again = await ask(url, prepared(path));
    if (!isHit(again.head)) wrong.push(`${name}: ${path} did not come out of the cache`);
    if (!first.body.equals(again.body)) wrong.push(`${name}: ${path} was answered twice, and differently`);
    const tag = /\r\netag: *([^\r]+)/i.exec(again.head)?.[1];
    const known = tag ? await ask(url, prepared(path, { headers: { 'if-none-match': tag } })) : null;
    if (known?.status !== 304)
      wrong.push(`${name}: ${path} with its own ETag answered ${known?.status ?? 'no tag'}`);
  }
  return wrong;
}
