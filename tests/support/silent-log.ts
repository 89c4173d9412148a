import type { Log } from '../../extensions/commerce-api/src/platform/shop.ts';

/** A log nobody reads. */
export const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
