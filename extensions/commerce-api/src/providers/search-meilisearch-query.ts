/** A search in Meilisearch's words, and its answers in ours. Pure. */
import type { MultiSearchQuery } from 'meilisearch';
import type { FacetName, ListingFilter, Sort } from '../listings/listing-filter.ts';
import {
  exactText,
  MARK_END,
  MARK_START,
  markedHtml,
  textOfExact,
  type IndexedProduct,
} from './search-meilisearch-documents.ts';
import type { Highlight } from './search.ts';

/** A `ListingFilter` with keys in place of slugs; an empty list matches nothing. */
export interface KeyedFilter extends Omit<ListingFilter, 'category'> {
  category?: string[] | undefined;
  /** The name as it is written before the equals sign → "Name=Value" as the read model counts them. */
  option?: Record<string, string[]> | undefined;
}

export interface Asked {
  q: string;
  currency: string;
  filter: KeyedFilter;
  sort: Sort;
  limit: number;
  offset: number;
  facets: readonly FacetName[];
  /** `all`: every word must be there; `some`: the rarest of them. */
  words: 'all' | 'some';
}

/** So many products have a value; named as the read model names them. */
export interface FacetCount {
  facet: FacetName;
  /** The key of a category, brand or tag, an option as "Name=Value", the beginning of a step of prices, whole stars. */
  value: string;
  count: number;
}

export interface Found {
  ids: string[];
  total: number;
  total_is_exact: boolean;
  counts: FacetCount[];
  /** Of the cheapest variants; null where nothing matches, or nobody asked. */
  price_bounds: { min_minor: number; max_minor: number } | null;
  highlights: Record<string, Highlight>;
}

export type Question = MultiSearchQuery;

/** Why a query is asked. */
type Reason =
  | { kind: 'page' }
  | { kind: 'total' }
  | { kind: 'bound'; end: 'min_minor' | 'max_minor' }
  /** Only values of one option count, where its name is given. */
  | { kind: 'facet'; facets: FacetName[]; option?: string };

export interface Reasoned {
  reasons: Reason[];
  query: Question;
}

/** The setting `pagination.maxTotalHits`: how far pages reach, and where counting ends. */
export const MAX_TOTAL_HITS = 10_000;
/** The setting `faceting.maxValuesPerFacet`. */
export const MAX_FACET_VALUES = 20_000;

const WORDS_OF_A_PIECE = 30;

interface Condition {
  facet: FacetName | 'featured';
  option?: string;
  expression: string;
}

/**
 * One query for the page, and further ones for what it cannot tell: counts of a facet that is narrowed itself leave its own conditions
 * out, and the ends of the prices come from sorting.
 */
export function questionsFor(indexUid: string, asked: Asked): Reasoned[] {
  const { currency, facets, limit, offset, sort } = asked;
  const conditions = conditionsOf(asked.filter, currency);
  const common = { indexUid, q: plainWords(asked.q), matchingStrategy: STRATEGY[asked.words] };
  const isAligned = offset % limit === 0;
  const all = filterOf(currency, conditions);
  const counting = { ...common, attributesToRetrieve: ['product'], page: 1, hitsPerPage: 1 };

  // Values of a category lie below it, so that it leaves out nothing of its own.
  const isNarrowed = (facet: FacetName) =>
    facet !== 'category' && conditions.some((condition) => condition.facet === facet);
  const options = [...new Set(conditions.flatMap(({ option }) => option ?? []))];
  // Names of options that are not narrowed are counted with all conditions.
  const onPage = facets.filter((facet) => !isNarrowed(facet) || facet === 'option');
  const without = (facet: FacetName, option?: string): Reasoned => ({
    reasons: [{ kind: 'facet', facets: [facet], ...(option !== undefined && { option }) }],
    query: {
      ...counting,
      filter: filterOf(
        currency,
        conditions.filter((each) => each.facet !== facet || each.option !== option),
      ),
      facets: [attributeOf(facet, currency)],
    },
  });
  const bound = (end: 'min_minor' | 'max_minor'): Reasoned => ({
    reasons: [{ kind: 'bound', end }],
    query: {
      ...counting,
      attributesToRetrieve: ['product', 'price'],
      filter: filterOf(
        currency,
        conditions.filter(({ facet }) => facet !== 'price'),
      ),
      sort: [`price.${currency}:${end === 'min_minor' ? 'asc' : 'desc'}`],
    },
  });

  return [
    {
      reasons: [
        { kind: 'page' },
        ...(isAligned ? [{ kind: 'total' } as const] : []),
        { kind: 'facet', facets: onPage },
      ],
      query: {
        ...common,
        filter: all,
        ...(sort !== 'relevance' && { sort: sortOf(sort, currency) }),
        ...(onPage.length > 0 && { facets: onPage.map((facet) => attributeOf(facet, currency)) }),
        ...(isAligned ? { page: offset / limit + 1, hitsPerPage: limit } : { offset, limit }),
        ...HIGHLIGHTING,
      },
    },
    // With an offset Meilisearch only estimates.
    ...(isAligned ? [] : [{ reasons: [{ kind: 'total' } as const], query: { ...counting, filter: all } }]),
    ...facets.flatMap((facet) => {
      if (facet === 'option') return options.map((option) => without(facet, option));
      return isNarrowed(facet) ? [without(facet)] : [];
    }),
    ...(facets.includes('price') ? [bound('min_minor'), bound('max_minor')] : []),
  ];
}

/** While somebody types: names, brands and categories, no descriptions. */
export function suggestionQuestion(
  indexUid: string,
  { q, currency, limit }: { q: string; currency: string; limit: number },
): Reasoned {
  return {
    reasons: [{ kind: 'page' }, { kind: 'total' }],
    query: {
      indexUid,
      q: plainWords(q),
      matchingStrategy: 'all',
      attributesToSearchOn: ['name', 'brand', 'categories'],
      filter: filterOf(currency, []),
      page: 1,
      hitsPerPage: limit,
      ...HIGHLIGHTING,
    },
  };
}

const STRATEGY = { all: 'all', some: 'frequency' } as const;

const HIGHLIGHTING = {
  attributesToRetrieve: ['product'],
  attributesToHighlight: ['name', 'description'],
  attributesToCrop: ['description'],
  cropLength: WORDS_OF_A_PIECE,
  highlightPreTag: MARK_START,
  highlightPostTag: MARK_END,
};

/** Quotes would ask for a phrase and a minus for its absence; a shopper's words mean no such thing. */
export function plainWords(q: string): string {
  return q
    .replaceAll('"', ' ')
    .replaceAll(/(^|\s)-+/g, '$1')
    .trim();
}

function conditionsOf(filter: KeyedFilter, currency: string): Condition[] {
  const { category, brand, tag, min_price, max_price, min_rating, in_stock, featured, option = {} } = filter;
  const among = (facet: 'category' | 'brand' | 'tag', keys: string[] | undefined): Condition[] =>
    keys ? [{ facet, expression: `${facet}_keys IN [${keys.map(quoted).join(', ')}]` }] : [];
  const at = (facet: Condition['facet'], expression: string | false): Condition[] =>
    expression === false ? [] : [{ facet, expression }];
  return [
    ...among('category', category),
    ...among('brand', brand),
    ...among('tag', tag),
    ...at('price', min_price !== undefined && `price.${currency} >= ${min_price}`),
    ...at('price', max_price !== undefined && `price.${currency} <= ${max_price}`),
    ...at('rating', min_rating !== undefined && `rating >= ${min_rating}`),
    ...at('in_stock', in_stock !== undefined && `in_stock.${currency} = ${in_stock}`),
    ...at('featured', featured !== undefined && `featured = ${featured}`),
    ...Object.entries(option).map(([name, values]): Condition => {
      const keys = values.map((value) => quoted(exactText(value))).join(', ');
      return { facet: 'option', option: name, expression: `option_keys.${currency} IN [${keys}]` };
    }),
  ];
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** All of them hold; what has no price in the currency is not sold in it. */
function filterOf(currency: string, conditions: readonly Condition[]): string[] {
  return [`price.${currency} EXISTS`, ...conditions.map(({ expression }) => expression)];
}

/** The orders of listings; ties go by the key, as there. */
function sortOf(sort: Exclude<Sort, 'relevance'>, currency: string): string[] {
  const price = `price.${currency}`;
  const by: Record<typeof sort, string[]> = {
    newest: ['age_rank:asc', 'product:asc'],
    oldest: ['age_rank:desc', 'product:desc'],
    name: ['name_key:asc', 'product:asc'],
    '-name': ['name_key:desc', 'product:desc'],
    price: [`${price}:asc`, 'product:asc'],
    '-price': [`${price}:desc`, 'product:desc'],
    featured: ['featured_rank:asc', 'age_rank:asc', 'product:asc'],
    popular: ['popularity_rank:asc', 'age_rank:asc', 'product:asc'],
    rating: ['rating_rank:asc', 'age_rank:asc', 'product:asc'],
  };
  return by[sort];
}

function attributeOf(facet: FacetName, currency: string): string {
  const attributes: Record<FacetName, string> = {
    category: 'category_keys',
    brand: 'brand_keys',
    tag: 'tag_keys',
    price: `price_step.${currency}`,
    rating: 'rating_step',
    in_stock: `in_stock.${currency}`,
    option: `option_keys.${currency}`,
  };
  return attributes[facet];
}

/** What of Meilisearch's answers is read. */
interface Answer {
  hits: (Pick<IndexedProduct, 'product'> &
    Partial<Pick<IndexedProduct, 'price'>> & {
      _formatted?: Partial<Pick<IndexedProduct, 'name' | 'description'>>;
    })[];
  totalHits?: number;
  facetDistribution?: Record<string, Record<string, number>>;
}

export function readAnswers(
  { currency }: Pick<Asked, 'currency'>,
  questions: readonly Reasoned[],
  answers: readonly unknown[],
): Found {
  const found: Found = {
    ids: [],
    total: 0,
    total_is_exact: true,
    counts: [],
    price_bounds: null,
    highlights: {},
  };
  const narrowed = new Set(
    questions.flatMap(({ reasons }) =>
      reasons.flatMap((reason) =>
        reason.kind === 'facet' && reason.option !== undefined ? reason.option : [],
      ),
    ),
  );
  questions.forEach(({ reasons }, index) => {
    const answer = answers[index] as Answer;
    for (const reason of reasons) {
      if (reason.kind === 'page') readPage(found, answer);
      else if (reason.kind === 'total') {
        found.total = answer.totalHits ?? 0;
        found.total_is_exact = found.total < MAX_TOTAL_HITS;
      } else if (reason.kind === 'bound') {
        const price = answer.hits[0]?.price?.[currency];
        if (price !== undefined) {
          const bounds = found.price_bounds ?? { min_minor: price, max_minor: price };
          found.price_bounds = { ...bounds, [reason.end]: price };
        }
      } else {
        for (const facet of reason.facets)
          found.counts.push(
            ...countsOf(facet, answer.facetDistribution?.[attributeOf(facet, currency)] ?? {}, (option) =>
              reason.option === undefined ? !narrowed.has(option) : option === reason.option,
            ),
          );
      }
    }
  });
  return found;
}

function readPage(found: Found, { hits }: Answer): void {
  for (const { product, _formatted } of hits) {
    found.ids.push(product);
    const name = markedHtml(_formatted?.name);
    const description = markedHtml(_formatted?.description);
    if (name !== undefined || description !== undefined)
      found.highlights[product] = {
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description }),
      };
  }
}

function countsOf(
  facet: FacetName,
  distribution: Record<string, number>,
  isWanted: (option: string) => boolean,
): FacetCount[] {
  const counts = Object.entries(distribution).map(([value, count]) => ({ facet, value, count }));
  if (facet !== 'option') return counts;
  return counts
    .map((count) => ({ ...count, value: textOfExact(count.value) }))
    .filter(({ value }) => isWanted(optionName(value)));
}

/** What stands before the equals sign, as the read model writes it. */
function optionName(value: string): string {
  return value.slice(0, value.indexOf('='));
}
