/** The answers that are kept: within so many bytes, found by their key or by a URL as it was written, dropped by what changes. */
import { LRUCache } from 'lru-cache';
import { isStale, productsOf, type Change, type Dependence } from './notices.ts';
import type { PreparedAnswer } from './prepared-answer.ts';

export interface Entry {
  key: string;
  answer: PreparedAnswer;
  dependence: Dependence;
  /** By the clock of this process, in milliseconds. */
  until: number;
  /** URLs that were asked with. */
  urls: string[];
  bytes: number;
}

export interface Entries {
  byUrl: (url: string) => Entry | undefined;
  byKey: (key: string) => Entry | undefined;
  /** Counts a use: what was used last is kept longest. */
  touch: (entry: Entry) => void;
  /** @returns null when it is too large to be kept */
  add: (kept: Pick<Entry, 'key' | 'answer' | 'dependence' | 'until'>) => Entry | null;
  /** Finds the entry by this URL from now on. */
  nameBy: (entry: Entry, url: string) => void;
  grow: (entry: Entry, bytes: number) => void;
  drop: (entry: Entry) => void;
  /** @returns how many were dropped */
  dropStale: (change: Change) => number;
  clear: () => number;
  count: () => number;
  bytes: () => number;
}

/** An answer that fills more than this part of the memory is not worth what it pushes out. */
const LARGEST_PART = 16;
const MOST_URLS = 8;
const LONGEST_URL = 2048;
/** What an entry takes beside its texts: its objects, its headers, its place in the maps. */
const ENTRY_BYTES = 3000;
const REFERENCE_BYTES = 120;

export function entries(max_bytes: number, onEvicted: () => void): Entries {
  const urls = new Map<string, Entry>();
  const byProduct = new Map<string, Set<Entry>>();
  const byShelf = new Map<string, Set<Entry>>();
  /** Those that a change of some product may touch wherever it is. */
  const broad = new Set<Entry>();
  // The entry is wrapped so that its size can be told again: for the same value lru-cache keeps the first.
  const kept = new LRUCache<string, { entry: Entry }>({
    maxSize: max_bytes,
    maxEntrySize: Math.ceil(max_bytes / LARGEST_PART),
    sizeCalculation: ({ entry }) => entry.bytes,
    dispose({ entry }, _key, reason) {
      forget(entry);
      if (reason === 'evict') onEvicted();
    },
  });

  function forget(entry: Entry): void {
    for (const url of entry.urls) urls.delete(url);
    entry.urls = [];
    broad.delete(entry);
    const { products, shelves } = addresses(entry.dependence);
    for (const product of products ?? []) remove(byProduct, product, entry);
    for (const shelf of shelves) remove(byShelf, shelf, entry);
  }

  function index(entry: Entry): void {
    const { products, shelves } = addresses(entry.dependence);
    if (products === null) broad.add(entry);
    for (const product of products ?? []) put(byProduct, product, entry);
    for (const shelf of shelves) put(byShelf, shelf, entry);
  }

  /** Those a change may touch; it still has to be asked whether it does. */
  function candidates(change: Change): Iterable<Entry> {
    const products = productsOf(change);
    const shelves = change.of === 'listings' ? change.shelves : [];
    if (products === null || shelves === null) return [...kept.values()].map(({ entry }) => entry);
    const found = new Set(broad);
    for (const product of products) for (const entry of byProduct.get(product) ?? []) found.add(entry);
    for (const shelf of shelves) for (const entry of byShelf.get(shelf) ?? []) found.add(entry);
    return found;
  }

  function grow(entry: Entry, bytes: number): void {
    if (kept.peek(entry.key)?.entry !== entry) return;
    entry.bytes += bytes;
    kept.set(entry.key, { entry }, { noDisposeOnSet: true });
  }

  return {
    byUrl: (url) => urls.get(url),
    byKey: (key) => kept.get(key)?.entry,
    touch: ({ key }) => void kept.get(key),
    add({ key, answer, dependence, until }) {
      const { products, shelves } = addresses(dependence);
      const references = (products?.length ?? 0) + shelves.length;
      const bytes = ENTRY_BYTES + answer.plain.bytes.length + key.length * 2 + references * REFERENCE_BYTES;
      const entry: Entry = { key, answer, dependence, until, urls: [], bytes };
      if (bytes > kept.maxEntrySize) return null;
      kept.set(key, { entry });
      index(entry);
      return entry;
    },
    nameBy(entry, url) {
      if (entry.urls.length >= MOST_URLS || url.length > LONGEST_URL || urls.has(url)) return;
      entry.urls.push(url);
      urls.set(url, entry);
      grow(entry, url.length * 2 + REFERENCE_BYTES);
    },
    grow,
    drop: ({ key }) => void kept.delete(key),
    dropStale(change) {
      let dropped = 0;
      for (const entry of candidates(change)) {
        if (!isStale(entry.dependence, change)) continue;
        kept.delete(entry.key);
        dropped += 1;
      }
      return dropped;
    },
    clear() {
      const dropped = kept.size;
      kept.clear();
      return dropped;
    },
    count: () => kept.size,
    bytes: () => kept.calculatedSize,
  };
}

/** By what an entry is found when something changes; products null: whatever the product. */
function addresses(dependence: Dependence): { products: string[] | null; shelves: string[] } {
  const shown = dependence.surface === 'store' ? dependence.shown : null;
  return {
    products: shown ? [...new Set(shown.products)] : null,
    shelves: shown ? [...new Set(shown.shelves)] : [],
  };
}

function put(map: Map<string, Set<Entry>>, name: string, entry: Entry): void {
  const some = map.get(name);
  if (some) some.add(entry);
  else map.set(name, new Set([entry]));
}

function remove(map: Map<string, Set<Entry>>, name: string, entry: Entry): void {
  const some = map.get(name);
  some?.delete(entry);
  if (some?.size === 0) map.delete(name);
}
