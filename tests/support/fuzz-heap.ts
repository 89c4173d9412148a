/** What a process started with `--inspect` holds in memory after its garbage is gone. */

/** @param words what the process has written: it says where its inspector listens */
export async function heapAfterCollection(words: string): Promise<{ heap: number; rss: number }> {
  const address = /ws:\/\/[\w.:/-]+/.exec(words)?.[0];
  if (!address) throw new Error('The process did not say where its inspector listens');
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  let next = 0;
  const ask = (method: string, params = {}): Promise<{ result?: { value?: string } }> =>
    new Promise((resolve) => {
      const id = (next += 1);
      const hear = ({ data }: MessageEvent) => {
        const message = JSON.parse(String(data)) as { id?: number; result: { result?: { value?: string } } };
        if (message.id !== id) return;
        socket.removeEventListener('message', hear);
        resolve(message.result);
      };
      socket.addEventListener('message', hear);
      socket.send(JSON.stringify({ id, method, params }));
    });
  try {
    // Twice: what finalizers let go of the first time goes the second.
    await ask('HeapProfiler.collectGarbage');
    await ask('HeapProfiler.collectGarbage');
    const { result } = await ask('Runtime.evaluate', { expression: 'JSON.stringify(process.memoryUsage())' });
    const { heapUsed, external, rss } = JSON.parse(result?.value ?? '') as NodeJS.MemoryUsage;
    return { heap: heapUsed + external, rss };
  } finally {
    socket.close();
  }
}
