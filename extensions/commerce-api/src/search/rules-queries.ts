import { row, type Queryable } from '../platform/database.ts';

export interface RuleRows {
  version: number;
  original: string;
  synonyms: {
    kind: 'both_ways' | 'one_way';
    word: string | null;
    words: string[];
    language: string | null;
  }[];
  stop_words: { word: string; language: string | null }[];
}

/** All of them, as of one moment. */
export async function searchRules(db: Queryable): Promise<RuleRows> {
  const found = await row<RuleRows>(
    db,
    `select version, coalesce((select search_language from shop_settings limit 1), 'en') as original,
       (select coalesce(json_agg(json_build_object('kind', kind, 'word', word, 'words', words, 'language', language) order by id), '[]')
         from search_synonyms where active) as synonyms,
       (select coalesce(json_agg(json_build_object('word', word, 'language', language) order by id), '[]')
         from search_stop_words) as stop_words
     from commerce.search_rules`,
  );
  return found ?? { version: 0, original: 'en', synonyms: [], stop_words: [] };
}
