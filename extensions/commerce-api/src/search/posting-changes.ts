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

interface Weight {
  impacts: Impacts;
  prior: number;
}

export class PostingChanges {
  private readonly added = new Map<string, PostingPart>();
  private readonly removed = new Map<string, PostingPart>();
  private readonly terms = new Map<number, number>();
  private readonly languages = new Map<number, number>();

  countDocument(language: number, by: number): void {
    this.languages.set(language, (this.languages.get(language) ?? 0) + by);
  }

  /** From where it stood, null when it is new, to where it stands, null when it is gone. */
  move(document: number, before: Weight | null, after: Weight | null): void {
    for (const [term, impact] of after?.impacts ?? []) {
      const tier = tierOf(impact, after?.prior ?? 0);
      const old = before?.impacts.get(term);
      const was = old === undefined ? null : tierOf(old, before?.prior ?? 0);
      if (was === tier) continue;
      put(this.added, term, tier, document);
      if (was === null) this.countTerm(term, 1);
      else put(this.removed, term, was, document);
    }
    for (const [term, impact] of before?.impacts ?? []) {
      if (after?.impacts.has(term)) continue;
      put(this.removed, term, tierOf(impact, before?.prior ?? 0), document);
      this.countTerm(term, -1);
    }
  }

  private countTerm(term: number, by: number): void {
    // Nobody asks how common a pair is.
    if (term > 0) this.terms.set(term, (this.terms.get(term) ?? 0) + by);
  }

  async write(trx: Transaction): Promise<void> {
    if (this.removed.size > 0) await removePostings(trx, [...this.removed.values()]);
    if (this.added.size > 0) await addPostings(trx, [...this.added.values()]);
    await count(trx, this.terms, countTerms);
    await count(trx, this.languages, countDocuments);
  }
}

async function count(
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

function put(parts: Map<string, PostingPart>, term: number, tier: number, document: number): void {
  const block = blockOf(document);
  const key = `${term} ${tier} ${block}`;
  const part = parts.get(key);
  if (part) part.documents.push(document);
  else parts.set(key, { term, tier, block, documents: [document] });
}
