import type { Shop } from '../platform/shop.ts';
import { drainListings } from './refresh-listings.ts';

/**
 * What to call whenever the catalogue may have changed: has it worked out by `refresh`, which works out everything if it is not given, one
 * run at a time. Called during a run, another follows, because that may have looked already.
 */
export function keepRefreshing(
  shop: Shop,
  refresh: () => Promise<unknown> = () => drainListings(shop),
): () => void {
  let isRunning = false;
  let isWanted = false;
  return () => {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    void run();
  };

  async function run(): Promise<void> {
    try {
      while (isWanted) {
        isWanted = false;
        await refresh();
      }
    } catch (error) {
      // The tick of the next minute tries again, and readers see to themselves meanwhile.
      shop.log.warn({ err: error }, 'The listings could not be refreshed');
    } finally {
      isRunning = false;
    }
  }
}
