/** How late this process is: what a callback waits for because others are running. */
import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';

export interface LoopWatch {
  /** The mean of a window; the smaller of the last two, so that one long pause (a collection of garbage) is no overload. */
  delay_ms: () => number;
  /** Part of the last window that the loop was busy, 0 to 1. */
  utilization: () => number;
  stop: () => void;
}

const WINDOW_MS = 100;
const RESOLUTION_MS = 10;
const NANOSECONDS = 1e6;

export function watchLoop(): LoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let last: EventLoopUtilization = performance.eventLoopUtilization();
  let utilization = 0;
  let windows: [number, number] = [0, 0];
  const timer = setInterval(() => {
    // An empty window has no mean: nothing ran but this.
    const mean_ms = histogram.count === 0 ? 0 : histogram.mean / NANOSECONDS - RESOLUTION_MS;
    windows = [windows[1], Math.max(0, mean_ms)];
    histogram.reset();
    const now = performance.eventLoopUtilization();
    ({ utilization } = performance.eventLoopUtilization(now, last));
    last = now;
  }, WINDOW_MS);
  timer.unref();
  return {
    delay_ms: () => Math.min(...windows),
    utilization: () => utilization,
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
