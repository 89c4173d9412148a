import { describe, expect, test } from 'vitest';
import {
  exactText,
  markedHtml,
  MARK_END,
  MARK_START,
  textOfExact,
  withoutMarks,
} from './search-meilisearch-documents.ts';
import { plainWords, questionsFor, readAnswers, type Asked } from './search-meilisearch-query.ts';

const asked = (more: Partial<Asked> = {}): Asked => ({
  q: 'lamp',
  currency: 'USD',
  filter: {},
  sort: 'relevance',
  limit: 20,
  offset: 0,
  facets: [],
  words: 'all',
  ...more,
});
const queries = (more: Partial<Asked>) => questionsFor('index', asked(more)).map(({ query }) => query);

describe('a page', () => {
  test('is one query with an exact count where it begins at a multiple of its size', () => {
    expect(queries({ offset: 40 })).toMatchObject([{ page: 3, hitsPerPage: 20, matchingStrategy: 'all' }]);
  });

  test('is counted by a second query where it does not', () => {
    const [page, total] = queries({ offset: 5 });
    expect(page).toMatchObject({ offset: 5, limit: 20 });
    expect(page).not.toHaveProperty('hitsPerPage');
    expect(total).toMatchObject({ page: 1, hitsPerPage: 1 });
  });

  test('is of what is sold in the currency, and not sorted unless somebody asks', () => {
    const [query] = queries({ currency: 'EUR' });
    expect(query?.filter).toEqual(['price.EUR EXISTS']);
    expect(query).not.toHaveProperty('sort');
    expect(queries({ currency: 'EUR', sort: '-price' })[0]?.sort).toEqual(['price.EUR:desc', 'product:desc']);
  });

  test('has a count that ends where pages end', () => {
    const answers = (totalHits: number) =>
      readAnswers(asked(), questionsFor('index', asked()), [{ hits: [], totalHits }]);
    expect(answers(9999)).toMatchObject({ total: 9999, total_is_exact: true });
    expect(answers(10_000)).toMatchObject({ total: 10_000, total_is_exact: false });
  });
});

describe('a facet', () => {
  const filter = {
    brand: ['b-1'],
    min_price: 100,
    option: { Colour: ['Colour=Red'], Size: ['Size=S'] },
  };
  const price = 'price.USD >= 100';
  const brand = 'brand_keys IN ["b-1"]';
  const [colour, size] = ['Colour=Red', 'Size=S'].map((each) => `option_keys.USD IN ["${exactText(each)}"]`);

  test('that is narrowed itself is counted without its own conditions', () => {
    const asked_of = queries({ filter, facets: ['brand', 'tag', 'option', 'price'] });
    expect(
      asked_of.map(({ facets, filter: conditions }) => [facets, (conditions as string[]).slice(1)]),
    ).toEqual([
      [
        ['tag_keys', 'option_keys.USD'],
        [brand, price, colour, size],
      ],
      [['brand_keys'], [price, colour, size]],
      [['option_keys.USD'], [brand, price, size]],
      [['option_keys.USD'], [brand, price, colour]],
      [['price_step.USD'], [brand, colour, size]],
      [undefined, [brand, colour, size]],
      [undefined, [brand, colour, size]],
    ]);
  });

  test('of options takes each option from the query that left it out', () => {
    const question = asked({ filter, facets: ['option'] });
    const count = (counts: Record<string, number>) => ({
      hits: [],
      totalHits: 1,
      facetDistribution: {
        'option_keys.USD': Object.fromEntries(Object.entries(counts).map(([key, n]) => [exactText(key), n])),
      },
    });
    const { counts } = readAnswers(question, questionsFor('index', question), [
      count({ 'Colour=Red': 1, 'Size=S': 1, 'Shape=Round': 1 }),
      count({ 'Colour=Red': 1, 'Colour=Blue': 4, 'Size=S': 5 }),
      count({ 'Colour=Red': 3, 'Size=S': 1, 'Size=M': 2 }),
    ]);
    expect(counts.map(({ value, count: n }) => [value, n])).toEqual([
      ['Shape=Round', 1],
      ['Colour=Red', 1],
      ['Colour=Blue', 4],
      ['Size=S', 1],
      ['Size=M', 2],
    ]);
  });

  test('of prices has no bounds where nothing matches', () => {
    const question = asked({ facets: ['price'] });
    const nothing = { hits: [], totalHits: 0, facetDistribution: { 'price_step.USD': {} } };
    const found = readAnswers(question, questionsFor('index', question), [nothing, nothing, nothing]);
    expect(found.price_bounds).toBeNull();
  });

  test('matches nothing where a filter names nothing', () => {
    expect(queries({ filter: { tag: [] } })[0]?.filter).toContain('tag_keys IN []');
  });
});

describe('words', () => {
  test.each([
    ['red "round lamp" -blue', 'red  round lamp  blue'],
    ['--lamp', 'lamp'],
    ['t-shirt', 't-shirt'],
    ['  ', ''],
  ])('<%s> ask for no phrase and exclude nothing', (q, plain) => {
    expect(plainWords(q)).toBe(plain);
  });

  test('of options are told apart letter by letter', () => {
    for (const text of ['Colour=Red', 'Colour=red', 'Größe=é', '1e3', 'a="b"'])
      expect(textOfExact(exactText(text))).toBe(text);
    expect(exactText('12')).toMatch(/^x[0-9a-f]+$/);
  });

  test('that were found are marked, and nothing else is markup', () => {
    const text = `a <b> & "${MARK_START}lamp${MARK_END}'s"`;
    expect(markedHtml(text)).toBe('a &lt;b&gt; &amp; &quot;<mark>lamp</mark>&#39;s&quot;');
    expect(markedHtml('lamp')).toBeUndefined();
    expect(markedHtml(undefined)).toBeUndefined();
    expect(withoutMarks(`${MARK_START}x${MARK_END}`)).toBe('x');
  });
});
