import type { ChildProcess } from 'node:child_process';

/**
 * Lends this terminal or container to a child: SIGTERM, Ctrl-C and a closed terminal end it, and us with it. Only the first of
 * them is passed on: a terminal and npm may both tell us, and a second one would cut its work short.
 * @returns its exit code
 */
export function inForeground(child: ChildProcess, farewell: string): Promise<number> {
  let isStopping = false;
  // Directus ends by the signal it was sent, once it is done.
  const ended = new Promise<number>((resolve) => {
    child.on('exit', (code) => resolve(code ?? (isStopping ? 0 : 1)));
  });
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    console.log(farewell);
    child.kill('SIGTERM');
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  return ended;
}
