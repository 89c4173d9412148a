/** A search: which documents match, in which order, and what is counted of them. */
import { facetOf, normalized, valuesAt, type Document } from './documents.ts';
import { MeilisearchError } from './errors.ts';
import { parseFilter } from './filter.ts';
import { formatHit } from './format-hit.ts';
import { matchDocument, readQuery, type Match } from './match-words.ts';
import { parseSearch, type SearchParams } from './search-params.ts';
import { isDeclared, type Settings } from './settings.ts';

export type SearchableIndex = { settings: Settings; documents: ReadonlyMap<string, Document> };

/** @throws MeilisearchError */
export function search({ settings, documents }: SearchableIndex, body: unknown): Record<string, unknown> {
  const began = performance.now();
  const params = parseSearch(body);
  const holds =
    params.filter == null ? () => true : parseFilter(params.filter, settings.filterableAttributes);
  const order = sortBy(params.sort ?? [], settings);
  const facets = facetNames(params.facets ?? [], settings);
  const attributes = searchedAttributes(params, settings);
  const query = readQuery(params.q ?? '', settings);

  const matches = [...documents.values()].map((document) => ({
    document,
    match: matchDocument(query, document, attributes ?? wordAttributes(document), settings),
  }));
  const needed = neededWords(matches, params.matchingStrategy);
  const candidates = matches.filter(
    ({ document, match }) => holds(document) && needed.every((word) => match[word] !== undefined),
  );
  candidates.sort(comparator(settings.rankingRules, order));
  const hits = (from: number, count: number) =>
    candidates
      .slice(0, settings.pagination.maxTotalHits)
      .slice(from, from + count)
      .map(({ document }) => formatHit(document, query, params, settings));
  return {
    ...paged(params, candidates.length, settings, hits),
    query: params.q ?? '',
    processingTimeMs: Math.round(performance.now() - began),
    ...(facets &&
      countFacets(
        facets,
        candidates.map(({ document }) => document),
        settings,
      )),
  };
}

function searchedAttributes(params: SearchParams, { searchableAttributes }: Settings): string[] | null {
  const asked = params.attributesToSearchOn;
  const isAll = searchableAttributes.includes('*');
  for (const attribute of asked ?? []) {
    if (!isDeclared(searchableAttributes, attribute))
      throw new MeilisearchError(
        'invalid_search_attributes_to_search_on',
        `Attribute \`${attribute}\` is not searchable. Available searchable attributes are: \`${searchableAttributes.join(', ')}\`.`,
      );
  }
  if (!asked) return isAll ? null : searchableAttributes;
  return isAll ? asked : searchableAttributes.filter((attribute) => asked.includes(attribute));
}

function wordAttributes(document: Document): string[] {
  return Object.keys(document);
}

/** The words that must be there: `last` leaves others out from the end, `frequency` those that most documents have. */
function neededWords(
  matches: readonly { match: Match }[],
  strategy: SearchParams['matchingStrategy'],
): number[] {
  const words = (matches[0]?.match ?? []).map((_, index) => index);
  if (strategy === 'all') return words;
  if (strategy === 'last') return words.slice(0, 1);
  const documents = words.map((word) => matches.filter(({ match }) => match[word] !== undefined).length);
  return words.sort((one, other) => (documents[one] ?? 0) - (documents[other] ?? 0)).slice(0, 1);
}

function paged(
  params: SearchParams,
  found: number,
  { pagination }: Settings,
  hits: (from: number, count: number) => unknown[],
) {
  const total = Math.min(found, pagination.maxTotalHits);
  const { page, hitsPerPage, offset, limit } = params;
  if (page === undefined && hitsPerPage === undefined)
    return { hits: hits(offset, limit), offset, limit, estimatedTotalHits: total };
  const size = hitsPerPage ?? 20;
  const number = page ?? 1;
  return {
    hits: number === 0 ? [] : hits((number - 1) * size, size),
    page: number,
    hitsPerPage: size,
    totalHits: total,
    totalPages: size === 0 ? 0 : Math.ceil(total / size),
  };
}

type Candidate = { document: Document; match: Match };
type Compare = (one: Candidate, other: Candidate) => number;

type SortKey = { attribute: string; is_backward: boolean };

function sortBy(sort: readonly string[], settings: Settings): SortKey[] {
  if (sort.length > 0 && !settings.rankingRules.includes('sort'))
    throw new MeilisearchError(
      'invalid_search_sort',
      'You must specify where `sort` is listed in the rankingRules setting to use the sort parameter at search time.',
    );
  return sort.map((each) => {
    const [, attribute = '', direction = ''] = /^([^:]+):(asc|desc)$/.exec(each) ?? [];
    if (direction === '')
      throw new MeilisearchError(
        'invalid_search_sort',
        `Invalid syntax for the sort parameter: expected expression ending by \`:asc\` or \`:desc\`, found \`${each}\`.`,
      );
    if (!isDeclared(settings.sortableAttributes, attribute))
      throw new MeilisearchError(
        'invalid_search_sort',
        `Attribute \`${attribute}\` is not sortable. Available sortable attributes are: \`${settings.sortableAttributes.join(', ')}\`.`,
      );
    return { attribute, is_backward: direction === 'desc' };
  });
}

function comparator(rules: readonly string[], order: readonly SortKey[]): Compare {
  const compares = rules.flatMap((rule): Compare[] => {
    const custom = /^([\w.-]+):(asc|desc)$/.exec(rule);
    if (custom) return [byAttribute({ attribute: custom[1] ?? '', is_backward: custom[2] === 'desc' })];
    if (rule === 'sort') return order.map(byAttribute);
    return BUILT_IN[rule] ?? [];
  });
  return (one, other) => {
    for (const compare of compares) {
      const difference = compare(one, other);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

const by =
  (valueOf: (match: Match) => number): Compare =>
  (one, other) =>
    valueOf(one.match) - valueOf(other.match);
const sum = (match: Match, valueOf: (word: NonNullable<Match[number]>) => number) =>
  match.reduce((all, word) => all + (word ? valueOf(word) : 0), 0);

/** Proximity is not emulated. */
const BUILT_IN: Record<string, Compare[]> = {
  words: [by((match) => -match.filter(Boolean).length)],
  typo: [by((match) => sum(match, ({ typos }) => typos))],
  attribute: [by((match) => sum(match, ({ attribute }) => attribute))],
  exactness: [by((match) => -sum(match, ({ is_exact }) => (is_exact ? 1 : 0)))],
};

/** Numbers before texts; what has no value comes last, whichever way is sorted. */
function byAttribute({ attribute, is_backward }: SortKey): Compare {
  const keyOf = (document: Document) => {
    const values = (valuesAt(document, attribute) ?? []).flatMap((value) => facetOf(value) ?? []);
    const numbers = values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
    const texts = values
      .filter((value) => typeof value === 'string')
      .map(normalized)
      .sort(byBytes);
    const ordered = [...numbers, ...texts];
    return is_backward ? ordered.at(-1) : ordered[0];
  };
  return ({ document: one }, { document: other }) => {
    const [a, b] = [keyOf(one), keyOf(other)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
    const difference = typeof a === 'number' && typeof b === 'number' ? a - b : byBytes(String(a), String(b));
    return is_backward ? -difference : difference;
  };
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function facetNames(facets: readonly string[], { filterableAttributes }: Settings): string[] | null {
  for (const facet of facets) {
    if (facet !== '*' && !isDeclared(filterableAttributes, facet))
      throw new MeilisearchError(
        'invalid_search_facets',
        `Invalid facet distribution: Attribute \`${facet}\` is not filterable. Available filterable attributes patterns are: \`${filterableAttributes.join(', ')}\`.`,
      );
  }
  if (facets.length === 0) return null;
  return facets.includes('*') ? filterableAttributes : [...facets];
}

/** Values that differ in case are one; it is called as it is written where it is met first. */
function countFacets(facets: readonly string[], documents: readonly Document[], { faceting }: Settings) {
  const facetDistribution: Record<string, Record<string, number>> = {};
  const facetStats: Record<string, { min: number; max: number }> = {};
  for (const facet of facets) {
    const counts = new Map<string, { label: string; count: number }>();
    const numbers: number[] = [];
    for (const document of documents) {
      const values = (valuesAt(document, facet) ?? []).flatMap((value) => facetOf(value) ?? []);
      const met = new Set<string>();
      for (const value of values) {
        if (typeof value === 'number') numbers.push(value);
        const key = typeof value === 'number' ? String(value) : `text ${normalized(value)}`;
        if (met.has(key)) continue;
        met.add(key);
        const known = counts.get(key) ?? { label: String(value), count: 0 };
        counts.set(key, { ...known, count: known.count + 1 });
      }
    }
    const order = faceting.sortFacetValuesBy[facet] ?? faceting.sortFacetValuesBy['*'];
    const listed = [...counts.values()].sort(
      order === 'count' ? (a, b) => b.count - a.count : (a, b) => byBytes(a.label, b.label),
    );
    facetDistribution[facet] = Object.fromEntries(
      listed.slice(0, faceting.maxValuesPerFacet).map(({ label, count }) => [label, count]),
    );
    if (numbers.length > 0)
      facetStats[facet] = {
        min: numbers.reduce((a, b) => Math.min(a, b)),
        max: numbers.reduce((a, b) => Math.max(a, b)),
      };
  }
  return { facetDistribution, facetStats };
}
