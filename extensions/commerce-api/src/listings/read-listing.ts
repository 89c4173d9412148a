/** A page of a listing: which products, in which order, of how many. */
import { localesFor } from '../catalog/product-cards.ts';
import type { Shop } from '../platform/shop.ts';
import { ALL_PRODUCTS } from './all-products.ts';
import { requireCurrency, type KnownState, type ListedProduct } from './documents.ts';
import {
  collectPage,
  countMatching,
  countOnShelf,
  resolveFilter,
  walkPage,
  type Resolved,
  type Selection,
} from './filter-queries.ts';
import type { ListingFilter } from './listing-filter.ts';
import {
  keptCards,
  listingState,
  shelfPage,
  type PageProduct,
  type ListedSort,
  type ListingState,
  type Start,
} from './read-queries.ts';
import { repairListings } from './refresh-listings.ts';
import {
  onShelves,
  conditionsOf,
  fragmentsOf,
  lookedUp,
  namedIn,
  plainShelf,
  shelvesOf,
  type Condition,
} from './selection.ts';

export interface WantedListing {
  filter: ListingFilter;
  sort: ListedSort;
  limit: number;
  start: Start;
  currency: string | undefined;
  locale: string | undefined;
}

export interface FoundListing {
  state: KnownState;
  products: PageProduct[];
  has_more: boolean;
  total: number;
  /** Whether everything listed was counted. */
  total_is_exact: boolean;
  /** The shelves it was read from. */
  shelves: string[];
  /** What it was narrowed by. */
  conditions: readonly Condition[];
  /** The chosen category. */
  category: string | null;
}

/** Beyond so many a total says only that there are more. */
const MOST_COUNTED = 10_000;
/** What an entry of a walk costs beside one that is collected, and what one that an index only looks up. */
const WALK_COST = 2;
const LOOKED_UP = 0.005;
/** A walk that took so many times as long as was thought gives way to collecting; a short one is let finish. */
const PATIENCE = 8;
const LEAST_WALKED = 1_000;
/** So many readers wait for: more changes than these are left to whoever works them out, and looked at one by one. */
const FEW_CHANGES = 1_000;

type Waiting = Pick<ListingState, 'is_wide' | 'is_due' | 'waiting'>;

/** Whether changes wait that what was read does not show: products may be missing from it, or be listed no longer. */
export function isBehind({ is_wide, is_due, waiting }: Waiting): boolean {
  return is_wide || is_due || waiting > 0;
}

/** Works out a few changes that wait, then reads. @returns what `read` finds at last, which may be behind still */
export async function readFresh<Found extends Waiting>(
  shop: Shop,
  read: () => Promise<Found>,
): Promise<Found> {
  const found = await read();
  if (!isBehind(found) || found.waiting >= FEW_CHANGES) return found;
  return (await repairListings(shop)) ? read() : found;
}

/** The state of the listings, after a few changes that wait are worked out. */
export function readFreshState(shop: Shop, currency: string | undefined): Promise<ListingState> {
  return readFresh(shop, () => listingState(shop.db, currency));
}

/** By database: tests have several in one process. */
const lastCurrencies = new WeakMap<Shop['db'], string>();

/**
 * The currency the shop sells in where none is asked for, as this process saw it last; no statement then. Whoever reads cards with it
 * learns whether that still holds.
 * @throws KontorError UNAVAILABLE while the shop has no settings
 */
export async function lastCurrency(shop: Shop): Promise<string> {
  const known = lastCurrencies.get(shop.db);
  if (known !== undefined) return known;
  const state = await listingState(shop.db, undefined);
  requireCurrency(state);
  lastCurrencies.set(shop.db, state.currency);
  return state.currency;
}

/** Given products with their kept cards; in the shop's currency of this moment, if none is named. One statement. */
export async function readCards(
  shop: Shop,
  ids: readonly string[],
  currency: string | undefined,
  locale: string | undefined,
): Promise<{ state: KnownState; products: ListedProduct[] }> {
  const state = await keptCards(shop.db, ids, currency, localesFor(locale));
  requireCurrency(state);
  if (currency === undefined) lastCurrencies.set(shop.db, state.currency);
  return { state, products: state.page };
}

/** One statement for a shelf, two or three for a narrower selection. */
export async function readListing(shop: Shop, wanted: WantedListing): Promise<FoundListing> {
  const shelf = plainShelf(wanted.filter);
  return shelf ? readShelf(shop, shelf, wanted) : readSelection(shop, wanted);
}

async function readShelf(
  shop: Shop,
  shelf: NonNullable<ReturnType<typeof plainShelf>>,
  wanted: WantedListing,
): Promise<FoundListing> {
  const page = { ...wanted, locales: localesFor(wanted.locale), limit: wanted.limit + 1 };
  const state = await readFresh(shop, () => shelfPage(shop.db, shelf, page));
  requireCurrency(state);
  const { shelf: id, total } = state;
  return {
    ...cut(state.page, wanted.limit),
    state,
    total,
    total_is_exact: true,
    shelves: id === null ? [] : [id],
    conditions: shelf.kind === 'all' ? [] : [onShelves(shelf.kind, id === null ? [] : [id])],
    category: shelf.kind === 'category' ? id : null,
  };
}

async function readSelection(shop: Shop, wanted: WantedListing): Promise<FoundListing> {
  const { filter } = wanted;
  const resolved = await readFresh(shop, () =>
    resolveFilter(shop.db, {
      currency: wanted.currency,
      locales: localesFor(wanted.locale),
      ...namedIn(filter),
    }),
  );
  requireCurrency(resolved);
  const conditions = conditionsOf(filter, resolved);
  const found = await readMatching(shop, resolved, conditions, wanted);
  const { category } = resolved;
  return { ...found, state: resolved, shelves: shelvesOf(conditions), conditions, category };
}

async function readMatching(
  shop: Shop,
  resolved: Resolved & KnownState,
  conditions: readonly Condition[],
  wanted: WantedListing,
): Promise<Pick<FoundListing, 'products' | 'has_more' | 'total' | 'total_is_exact'>> {
  const selection: Selection = {
    currency: resolved.currency,
    locale: resolved.locale,
    named: resolved.named,
    conditions: fragmentsOf(conditions),
    sort: wanted.sort,
    limit: wanted.limit + 1,
    start: wanted.start,
  };
  const plan = planWalk(resolved, conditions, wanted);
  if (plan) {
    const rest = plan.rest.map(({ fragment }) => fragment);
    const listed = await walkPage(shop.db, plan.shelf, plan.most, { ...selection, conditions: rest });
    const page = cut(listed.page, wanted.limit);
    if (page.has_more || plan.size <= plan.most) {
      return { ...page, ...(await countAll(shop, resolved.currency, conditions, plan)) };
    }
  }
  const listed = await collectPage(shop.db, selection);
  return { ...cut(listed.page, wanted.limit), total: listed.total, total_is_exact: true };
}

interface Walk {
  shelf: string;
  /** Its products. */
  size: number;
  /** How many entries to look at before the walk gives way. */
  most: number;
  /** Conditions the shelf does not fulfil by itself. */
  rest: Condition[];
}

/**
 * Which shelf to walk; undefined where collecting costs less. Walking looks at as many entries as it takes to fill the page; collecting
 * at everything that matches, after an index has brought together what is known of each value. Conditions are taken to be independent
 * of each other: where they are not, a walk is cut short.
 */
function planWalk(
  { counts }: Resolved,
  conditions: readonly Condition[],
  { limit, start }: WantedListing,
): Walk | undefined {
  const total = counts[ALL_PRODUCTS] ?? 0;
  const shelves = conditions.filter((condition) => condition.shelf !== undefined);
  const smallest = shelves.toSorted((a, b) => a.share - b.share)[0];
  const size = smallest ? (counts[smallest.shelf ?? ''] ?? 0) : total;
  const rest = conditions.filter((condition) => condition !== smallest);
  const matching = size * productOf(rest);
  const needed = limit + ('offset' in start ? start.offset : 0);
  const walked = (needed * size) / Math.max(matching, 0.5);
  const narrow = lookedUp(conditions);
  const collected =
    total * productOf(narrow) + total * LOOKED_UP * Math.max(0, ...narrow.map(({ share }) => share));
  if (walked * WALK_COST > collected) return undefined;
  const most = Math.ceil(Math.max(LEAST_WALKED, PATIENCE * walked));
  return { shelf: smallest?.shelf ?? ALL_PRODUCTS, size, most, rest };
}

function productOf(conditions: readonly Condition[]): number {
  return conditions.reduce((share, condition) => share * condition.share, 1);
}

async function countAll(
  shop: Shop,
  currency: string,
  conditions: readonly Condition[],
  { shelf, rest }: Walk,
): Promise<{ total: number; total_is_exact: boolean }> {
  const [only, more] = rest;
  if (only?.value && more === undefined) {
    const { facet, value } = only.value;
    return { total: await countOnShelf(shop.db, shelf, currency, facet, value), total_is_exact: true };
  }
  const fragments = fragmentsOf(conditions);
  const counted = await countMatching(shop.db, currency, fragments, MOST_COUNTED + 1);
  return { total: Math.min(counted, MOST_COUNTED), total_is_exact: counted <= MOST_COUNTED };
}

/** The page without the one product more that tells whether there are more. */
function cut(page: PageProduct[], limit: number): Pick<FoundListing, 'products' | 'has_more'> {
  return { products: page.slice(0, limit), has_more: page.length > limit };
}
