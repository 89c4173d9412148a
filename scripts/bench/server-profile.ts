/** Where a server spends its time: a CPU profile of it over its inspector, while it is measured. */

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples?: number[];
}

export interface Profiler {
  /** @returns the profile of `work` as JSON, for Chrome's developer tools, and its dearest functions */
  profile: (work: () => Promise<unknown>) => Promise<{ json: string; top: string[] }>;
  close: () => void;
}

/** @param port that the server was started with, `NODE_OPTIONS=--inspect=127.0.0.1:PORT` */
export async function connectProfiler(port: number): Promise<Profiler> {
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(targets[0]!.webSocketDebuggerUrl);
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let last = 0;
  const call = (method: string, params: object = {}) =>
    new Promise<unknown>((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  await call('Profiler.enable');
  return {
    profile: async (work) => {
      await call('Profiler.setSamplingInterval', { interval: 500 });
      await call('Profiler.start');
      await work();
      const { profile } = (await call('Profiler.stop')) as { profile: Profile };
      return { json: JSON.stringify(profile), top: dearest(profile) };
    },
    close: () => socket.close(),
  };
}

const SHOWN = 25;

/** Functions by the samples that were taken in themselves, as parts of all that the process was busy. */
export function dearest({ nodes, samples = [] }: Profile): string[] {
  const nameOf = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || '(anonymous)'}  ${url.split('/').slice(-3).join('/')}${url ? `:${lineNumber + 1}` : ''}`,
    ]),
  );
  const counts = new Map<string, number>();
  for (const sample of samples) {
    const name = nameOf.get(sample) ?? '?';
    if (!/^\((idle|root)\)/.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const busy = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([name, count]) => `${((100 * count) / busy).toFixed(1).padStart(5)} %  ${name}`);
}
