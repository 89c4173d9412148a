/** Codes of cards that were issued some time ago: derived from the secret of then, or kept since it was replaced. */
import type { Queryable } from '../platform/database.ts';
import { sealedSecrets } from '../platform/sealed.ts';
import { underEachSecret } from '../platform/secrets.ts';
import type { Shop } from '../platform/shop.ts';
import { codeHash, codeOf } from './gift-card-code.ts';
import type { HashedCard } from './queries.ts';

/** The codes of these cards by their ids; without those of a secret that is gone. */
export async function knownCodes(
  shop: Shop,
  db: Queryable,
  cards: readonly HashedCard[],
): Promise<Map<string, string>> {
  const codes = new Map<string, string>();
  for (const card of cards) {
    const code = derivedCode(shop, card);
    if (code !== null) codes.set(card.id, code);
  }
  const others = cards.map(({ id }) => id).filter((id) => !codes.has(id));
  for (const [id, code] of await sealedSecrets(db, shop.env, 'gift-card-code', others)) codes.set(id, code);
  return codes;
}

/** A code that was derived from one secret may be found by the hash of another. */
function derivedCode({ env }: Shop, { id, code_hash }: HashedCard): string | null {
  const secrets = underEachSecret(env);
  const codes = secrets.map((each) => codeOf(each, id));
  return codes.find((code) => secrets.some((each) => codeHash(each, code) === code_hash)) ?? null;
}
