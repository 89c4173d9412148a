/** What a batch of documents changes, row by row of the postings and term by term. */
import type { Transaction } from '../platform/database.ts';
import {
  addPostings,
  countDocuments,
  countTerms,
  removePostings,
  type PostingPart,
} from './index-queries.ts';
import { blockOf, tierOf, type Impacts } from './posting-key.ts';

export interface Weight {
  impacts: Impacts;
  prior: number;
}

export interface PostingChanges {
  added: Map<string, PostingPart>;
  removed: Map<string, PostingPart>;
  /** Term → how many documents more have it. */
  terms: Map<number, number>;
  /** Language → how many documents more there are. */
  languages: Map<number, number>;
}

export function noChanges(): PostingChanges {
  return { added: new Map(), removed: new Map(), terms: new Map(), languages: new Map() };
}

/** A document goes from where it stood, null when it is new, to where it stands, null when it is gone. */
export function moveDocument(
  changes: PostingChanges,
  { id, language }: { id: number; language: number },
  before: Weight | null,
  after: Weight | null,
): void {
  if (!before || !after) count(changes.languages, language, after ? 1 : -1);
  for (const [term, impact] of after?.impacts ?? []) {
    const tier = tierOf(impact, after?.prior ?? 0);
    const old = before?.impacts.get(term);
    const was = old === undefined ? null : tierOf(old, before?.prior ?? 0);
    if (was === tier) continue;
    put(changes.added, term, tier, id);
    if (was === null) countTerm(changes, term, 1);
    else put(changes.removed, term, was, id);
  }
  for (const [term, impact] of before?.impacts ?? []) {
    if (after?.impacts.has(term)) continue;
    put(changes.removed, term, tierOf(impact, before?.prior ?? 0), id);
    countTerm(changes, term, -1);
  }
}

export async function writeChanges(trx: Transaction, changes: PostingChanges): Promise<void> {
  const { added, removed, terms, languages } = changes;
  if (removed.size > 0) await removePostings(trx, [...removed.values()]);
  if (added.size > 0) await addPostings(trx, [...added.values()]);
  await writeCounts(trx, terms, countTerms);
  await writeCounts(trx, languages, countDocuments);
}

async function writeCounts(
  trx: Transaction,
  counts: ReadonlyMap<number, number>,
  write: typeof countTerms,
): Promise<void> {
  const changed = [...counts].filter(([, by]) => by !== 0);
  if (changed.length === 0) return;
  await write(
    trx,
    changed.map(([key]) => key),
    changed.map(([, by]) => by),
  );
}

/** Nobody asks how common a pair is. */
function countTerm({ terms }: PostingChanges, term: number, by: number): void {
  if (term > 0) count(terms, term, by);
}

function count(counts: Map<number, number>, key: number, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function put(parts: Map<string, PostingPart>, term: number, tier: number, document: number): void {
  const block = blockOf(document);
  const key = `${term} ${tier} ${block}`;
  const part = parts.get(key);
  if (part) part.documents.push(document);
  else parts.set(key, { term, tier, block, documents: [document] });
}
