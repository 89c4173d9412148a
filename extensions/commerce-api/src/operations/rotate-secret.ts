import { rekeyGiftCards } from '../gift-cards/rekey-gift-cards.ts';
import { rekeyOrderTokens } from '../orders/order-token.ts';
import { reencrypted } from '../platform/encrypted-field.ts';
import type { Shop } from '../platform/shop.ts';
import { encryptedFields, replaceValue, valuesOf } from './encrypted-queries.ts';

export interface Rekeyed {
  /** Written anew under the present secret. */
  changed: number;
  /** Under a secret that nobody names any longer. */
  lost: number;
}

export interface Rotated {
  gift_cards: Rekeyed;
  order_tokens: Rekeyed;
  encrypted_fields: Rekeyed;
}

/**
 * Carries over what depends on the secret before, so that SECRET_PREVIOUS may be taken away: the codes of gift cards, the tokens of guests'
 * orders, what is encrypted. May run again, and while the shop serves with both secrets.
 */
export async function rotateSecret(shop: Shop): Promise<Rotated> {
  return {
    gift_cards: await rekeyGiftCards(shop),
    order_tokens: await rekeyOrderTokens(shop),
    encrypted_fields: await rekeyFields(shop),
  };
}

async function rekeyFields(shop: Shop): Promise<Rekeyed> {
  const done = { changed: 0, lost: 0 };
  for (const field of await encryptedFields(shop.db)) {
    for (const value of await valuesOf(shop.db, field)) {
      const kept = await reencrypted(shop.env, value);
      if (kept === 'lost') done.lost += 1;
      if (typeof kept === 'string') continue;
      await replaceValue(shop.db, field, { from: value, to: kept.value });
      done.changed += 1;
    }
  }
  return done;
}
