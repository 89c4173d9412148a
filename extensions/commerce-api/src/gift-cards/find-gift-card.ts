/** Gift cards by their code: for carts that apply one, and for whoever asks what is left on theirs. */
import { KontorError } from '../errors.ts';
import { underEachSecret } from '../platform/secrets.ts';
import type { Shop } from '../platform/shop.ts';
import { codeHash } from './gift-card-code.ts';
import { countFailure, deleteFailuresOlderThan, tryCode, type GiftCardRow } from './queries.ts';

/** Wrong codes the whole shop takes in so many minutes: whoever guesses has many addresses, so they count together. */
const MAX_FAILURES = 100;
const WINDOW_MINUTES = 10;

/**
 * The card with this code, if it can be spent now. Call it outside of a transaction: a wrong code is counted even though the
 * request is refused.
 * @param currency when only a card of this currency will do
 * @throws KontorError GIFT_CARD_REFUSED, the same for a code that is wrong and a card that is disabled, expired, empty or of
 * another currency; GIFT_CARD_TRIES once too many wrong ones came, for right ones too
 */
export async function findGiftCard(shop: Shop, code: string, currency?: string): Promise<GiftCardRow> {
  const hashes = underEachSecret(shop.env).map((env) => codeHash(env, code));
  const { failures, card } = await tryCode(shop.db, hashes, WINDOW_MINUTES);
  if (failures >= MAX_FAILURES) throw new KontorError('GIFT_CARD_TRIES');
  if (!card || (currency !== undefined && card.currency !== currency)) {
    await countFailure(shop.db);
    throw new KontorError('GIFT_CARD_REFUSED', { path: 'code' });
  }
  return card;
}

/** Wrong tries of long ago count no more. May run twice. */
export async function forgetFailures(shop: Shop): Promise<void> {
  await deleteFailuresOlderThan(shop.db, 24);
}
