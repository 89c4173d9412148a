/** Products as a search engine beside PostgreSQL keeps them, with the texts and the order the shop's own engine goes by. */
import { localesFor } from '../catalog/product-cards.ts';
import type { Queryable } from '../platform/database.ts';
import {
  exactText,
  withoutMarks,
  type ByCurrency,
  type IndexedProduct,
} from '../providers/search-meilisearch-documents.ts';
import { documentsOfSource, priorOf } from './index-products.ts';
import { sourceTexts } from './index-queries.ts';
import { indexedListings, type IndexedListing } from './search-index-queries.ts';
import type { ProductTexts } from './weigh-terms.ts';

/** What somebody must reindex for when it changes: the shape of a document, beside the settings. */
export const DOCUMENT_SHAPE = 1;

export interface IndexBatch {
  /** Of what was read; absent for what is gone. */
  versions: Map<string, number>;
  /** By language, the empty one for the original texts. */
  documents: Map<string, IndexedProduct[]>;
  /** What is not to be found. */
  gone: string[];
}

/**
 * Reads how products are listed and then what they say, in this order: texts that are newer than the version they are kept under are
 * followed by a newer version, never the other way round.
 */
export async function indexBatch(
  db: Queryable,
  products: readonly string[],
  languages: readonly string[],
): Promise<IndexBatch> {
  const listed = await indexedListings(db, products);
  const sources = new Map((await sourceTexts(db, products)).map((source) => [source.product, source]));
  const batch: IndexBatch = {
    versions: new Map(),
    documents: new Map(languages.map((language) => [language, []])),
    gone: [],
  };
  for (const { product, version, listings, codes } of listed) {
    if (version !== null) batch.versions.set(product, version);
    const source = sources.get(product);
    const [first] = listings ?? [];
    if (!listings || !first || !source) {
      batch.gone.push(product);
      continue;
    }
    const texts = new Map(documentsOfSource(source).map((document) => [document.code, document.texts]));
    const facts = factsOf(first, listings);
    const prior = priorOf(source);
    for (const [language, documents] of batch.documents) {
      const readable = [...localesFor(language || undefined), ''].filter((each) => texts.has(each));
      const [spoken = '', ...others] = readable;
      documents.push({
        product,
        ...unmarked(texts.get(spoken) as ProductTexts),
        other_texts: others.flatMap((each) => otherTexts(texts.get(each))),
        codes,
        ...facts,
        // A letter in front, because Meilisearch takes some texts for numbers.
        name_key: `n${first.name_keys[language] ?? first.name_key}`,
        prior,
      });
    }
  }
  return batch;
}

/** Marks are looked for in these two only. */
function unmarked(texts: ProductTexts): ProductTexts {
  return { ...texts, name: withoutMarks(texts.name), description: withoutMarks(texts.description) };
}

/** Only what is translated; brands and tags are the same. */
function otherTexts(texts: ProductTexts | undefined): string[] {
  if (!texts) return [];
  const { name, subtitle, categories, description } = texts;
  return [name, subtitle, categories, description].filter((text) => text !== '');
}

/** What is the same in all languages. */
function factsOf(first: IndexedListing, listings: readonly IndexedListing[]) {
  const { rating, featured, age_rank, featured_rank, popularity_rank, rating_rank } = first;
  const by = <Value>(valueOf: (listing: IndexedListing) => Value): ByCurrency<Value> =>
    Object.fromEntries(listings.map((listing) => [listing.currency, valueOf(listing)]));
  const [rating_step] = valuesOf(first, 'rating').map(Number);
  return {
    category_keys: valuesOf(first, 'category'),
    brand_keys: valuesOf(first, 'brand'),
    tag_keys: valuesOf(first, 'tag'),
    option_keys: by((listing) => valuesOf(listing, 'option').map(exactText)),
    in_stock: by(({ in_stock }) => in_stock),
    price: by(({ price_from_minor }) => price_from_minor),
    price_step: by((listing) => Number(valuesOf(listing, 'price')[0])),
    rating,
    rating_step: rating_step ?? null,
    featured,
    age_rank,
    featured_rank,
    popularity_rank,
    rating_rank,
  };
}

function valuesOf({ facets }: IndexedListing, facet: string): string[] {
  return facets.filter((each) => each.startsWith(`${facet}:`)).map((each) => each.slice(facet.length + 1));
}
