/** The settings of an index. */
import { z } from 'zod';
import { MeilisearchError } from './errors.ts';
import { parseFields } from './validate.ts';

const names = z.array(z.string().min(1));
const RULE = /^(words|typo|proximity|attribute|sort|exactness|[\w.-]+:(asc|desc))$/;

const SettingsPatch = z.strictObject({
  displayedAttributes: names.nullish(),
  searchableAttributes: names.nullish(),
  filterableAttributes: names.nullish(),
  sortableAttributes: names.nullish(),
  rankingRules: z.array(z.string().regex(RULE)).nullish(),
  stopWords: z.array(z.string()).nullish(),
  synonyms: z.record(z.string(), z.array(z.string())).nullish(),
  typoTolerance: z
    .strictObject({
      enabled: z.boolean().nullish(),
      minWordSizeForTypos: z
        .strictObject({
          oneTypo: z.int().min(0).max(255).nullish(),
          twoTypos: z.int().min(0).max(255).nullish(),
        })
        .nullish(),
      disableOnWords: z.array(z.string()).nullish(),
      disableOnAttributes: z.array(z.string()).nullish(),
      disableOnNumbers: z.boolean().nullish(),
    })
    .nullish(),
  faceting: z
    .strictObject({
      maxValuesPerFacet: z.int().min(0).nullish(),
      sortFacetValuesBy: z.record(z.string(), z.enum(['alpha', 'count'])).nullish(),
    })
    .nullish(),
  pagination: z.strictObject({ maxTotalHits: z.int().min(0).nullish() }).nullish(),
  // What the real one has beside these. Any value is refused as not emulated.
  distinctAttribute: z.unknown().optional(),
  separatorTokens: z.unknown().optional(),
  nonSeparatorTokens: z.unknown().optional(),
  dictionary: z.unknown().optional(),
  proximityPrecision: z.unknown().optional(),
  searchCutoffMs: z.unknown().optional(),
  localizedAttributes: z.unknown().optional(),
  embedders: z.unknown().optional(),
  facetSearch: z.unknown().optional(),
  prefixSearch: z.unknown().optional(),
});

export type Settings = {
  displayedAttributes: string[];
  searchableAttributes: string[];
  filterableAttributes: string[];
  sortableAttributes: string[];
  rankingRules: string[];
  stopWords: string[];
  synonyms: Record<string, string[]>;
  typoTolerance: {
    enabled: boolean;
    minWordSizeForTypos: { oneTypo: number; twoTypos: number };
    disableOnWords: string[];
    disableOnAttributes: string[];
    disableOnNumbers: boolean;
  };
  faceting: { maxValuesPerFacet: number; sortFacetValuesBy: Record<string, 'alpha' | 'count'> };
  pagination: { maxTotalHits: number };
};

export const DEFAULT_SETTINGS: Settings = {
  displayedAttributes: ['*'],
  searchableAttributes: ['*'],
  filterableAttributes: [],
  sortableAttributes: [],
  rankingRules: ['words', 'typo', 'proximity', 'attribute', 'sort', 'exactness'],
  stopWords: [],
  synonyms: {},
  typoTolerance: {
    enabled: true,
    minWordSizeForTypos: { oneTypo: 5, twoTypos: 9 },
    disableOnWords: [],
    disableOnAttributes: [],
    disableOnNumbers: false,
  },
  faceting: { maxValuesPerFacet: 100, sortFacetValuesBy: { '*': 'alpha' } },
  pagination: { maxTotalHits: 1000 },
};

export type SettingsChange = Partial<Settings>;

/** @throws MeilisearchError */
export function parseSettings(value: unknown): SettingsChange {
  const patch = parseFields(SettingsPatch, value, 'invalid_settings');
  for (const [name, given] of Object.entries(patch)) {
    if (!Object.hasOwn(DEFAULT_SETTINGS, name) && given !== undefined)
      throw new MeilisearchError('not_emulated', `The setting ${name} is not emulated.`);
  }
  return patch as SettingsChange;
}

/** What is left out stays; null brings the default back. */
export function changeSettings(settings: Settings, change: SettingsChange): Settings {
  return merge(settings, change, DEFAULT_SETTINGS) as Settings;
}

const WHOLE = new Set(['synonyms', 'sortFacetValuesBy']);

function merge(known: object, change: object, defaults: object): object {
  const merged: Record<string, unknown> = { ...known };
  for (const [name, value] of Object.entries(change) as [string, unknown][]) {
    if (value === undefined) continue;
    const original = (defaults as Record<string, unknown>)[name];
    if (value === null) merged[name] = original;
    else if (typeof value === 'object' && !Array.isArray(value) && !WHOLE.has(name))
      merged[name] = merge(merged[name] as object, value, original as object);
    else merged[name] = value;
  }
  return merged;
}

/** Whether a declared attribute covers another: itself, or what is nested in it. */
export function isDeclared(declared: readonly string[], attribute: string): boolean {
  return declared.some((each) => each === '*' || attribute === each || attribute.startsWith(`${each}.`));
}
