/**
 * Gift cards and store credit: what a shop owes its shoppers, kept as ledgers. A balance is the sum of its movements, which are
 * only ever added; the database adds them up. They pay for orders as tenders of our own (`tenders.ts`).
 */
import { z } from 'zod';
import { minor } from '../cart/quote-view.ts';
import { route, type Route } from '../platform/http.ts';
import { findGiftCard } from './find-gift-card.ts';
import { GiftCardCode, StoreCreditView, storeCreditView } from './views.ts';
import { storeCreditsOf } from './store-credit.ts';

export const giftCardRoutes: Route[] = [
  route({
    method: 'post',
    path: '/gift-cards/balance',
    tag: 'Gift cards',
    summary: 'What is left on a gift card',
    description: 'The answer is the same for a wrong code and for a card that cannot be spent.',
    access: 'public',
    body: z.strictObject({ code: GiftCardCode }),
    answers: {
      status: 200,
      data: z.object({
        last4: z.string(),
        balance_minor: minor,
        currency: z.string(),
        expires_at: z.string().nullable(),
      }),
      description: 'The card',
    },
    errors: ['GIFT_CARD_REFUSED', 'GIFT_CARD_TRIES'],
    async handle({ shop, body }) {
      const { last4, balance_minor, currency, expires_at } = await findGiftCard(shop, body.code);
      const data = { last4, balance_minor, currency, expires_at: expires_at?.toISOString() ?? null };
      return { status: 200, data };
    },
  }),
  route({
    method: 'get',
    path: '/me/store-credit',
    tag: 'Me',
    summary: 'My store credit',
    description: 'One account per currency, each with its latest movements, newest first.',
    access: 'customer',
    answers: { status: 200, data: z.array(StoreCreditView), description: 'The accounts' },
    errors: ['SIGN_IN_REQUIRED'],
    async handle({ shop, caller }) {
      const accounts = await storeCreditsOf(shop, caller.customer ?? '');
      return { status: 200, data: accounts.map(storeCreditView) };
    },
  }),
];
