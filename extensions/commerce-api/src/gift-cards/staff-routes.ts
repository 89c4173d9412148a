/** What staff do with gift cards and store credit. */
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import { adjustGiftCard, readGiftCard, setGiftCardStatus } from './change-gift-card.ts';
import { issueGiftCard } from './issue-gift-card.ts';
import { changeStoreCredit } from './store-credit.ts';
import {
  Currency,
  Delta,
  giftCardView,
  GiftCardView,
  LedgerView,
  ledgerView,
  MAX_MINOR,
  StoreCreditView,
  storeCreditView,
} from './views.ts';

const CardParams = z.strictObject({ gift_card: z.uuid() });
const Reason = z.string().trim().min(1).max(500);
const CardWithLedger = GiftCardView.extend({ movements: z.array(LedgerView) });

export const giftCardStaffRoutes: Route[] = [
  route({
    method: 'post',
    path: '/gift-cards',
    tag: 'Gift cards',
    summary: 'Issue a gift card',
    description: 'Its code is in this answer and nowhere else: it is not stored.',
    access: 'order_staff',
    body: z.strictObject({
      initial_minor: z.int().min(1).max(MAX_MINOR),
      currency: Currency,
      expires_at: z.iso
        .datetime({ offset: true })
        .transform((text) => new Date(text))
        .optional(),
      customer: z.uuid().optional(),
      note: Reason.optional(),
    }),
    answers: {
      status: 201,
      data: GiftCardView.extend({ code: z.string() }),
      description: 'The card and its code',
    },
    errors: ['NOT_FOUND'],
    async handle({ shop, caller, body }) {
      const { card, code } = await issueGiftCard(shop, body, caller.user);
      return { status: 201, data: { ...giftCardView(card), code } };
    },
  }),
  route({
    method: 'get',
    path: '/gift-cards/:gift_card',
    tag: 'Gift cards',
    summary: 'A gift card and its ledger',
    access: 'order_staff',
    params: CardParams,
    answers: {
      status: 200,
      data: CardWithLedger,
      description: 'The card, and what happened on it, newest first',
    },
    errors: ['NOT_FOUND'],
    async handle({ shop, params }) {
      return { status: 200, data: await cardWithLedger(shop, params.gift_card) };
    },
  }),
  route({
    method: 'patch',
    path: '/gift-cards/:gift_card',
    tag: 'Gift cards',
    summary: 'Disable a gift card, or let it live again',
    access: 'order_staff',
    params: CardParams,
    body: z.strictObject({ status: z.enum(['active', 'disabled']) }),
    answers: { status: 200, data: CardWithLedger, description: 'The card' },
    errors: ['NOT_FOUND'],
    async handle({ shop, caller, params, body }) {
      await setGiftCardStatus(shop, params.gift_card, body.status, caller);
      return { status: 200, data: await cardWithLedger(shop, params.gift_card) };
    },
  }),
  route({
    method: 'post',
    path: '/gift-cards/:gift_card/adjust',
    tag: 'Gift cards',
    summary: 'Correct the balance of a gift card',
    access: 'order_staff',
    params: CardParams,
    body: z.strictObject({ delta_minor: Delta, note: Reason }),
    answers: { status: 200, data: CardWithLedger, description: 'The card' },
    errors: ['NOT_FOUND', 'BALANCE_TOO_SMALL'],
    async handle({ shop, caller, params, body }) {
      await adjustGiftCard(shop, params.gift_card, body, caller.user);
      return { status: 200, data: await cardWithLedger(shop, params.gift_card) };
    },
  }),
  route({
    method: 'post',
    path: '/customers/:customer/store-credit',
    tag: 'Gift cards',
    summary: 'Grant store credit, or take it back',
    access: 'order_staff',
    params: z.strictObject({ customer: z.uuid() }),
    body: z.strictObject({ delta_minor: Delta, currency: Currency, note: Reason }),
    answers: { status: 200, data: z.array(StoreCreditView), description: 'The customer’s accounts' },
    errors: ['NOT_FOUND', 'BALANCE_TOO_SMALL'],
    async handle({ shop, caller, params, body }) {
      const accounts = await changeStoreCredit(shop, params.customer, body, caller.user);
      return { status: 200, data: accounts.map(storeCreditView) };
    },
  }),
];

async function cardWithLedger(shop: Shop, id: string): Promise<z.output<typeof CardWithLedger>> {
  const { card, movements } = await readGiftCard(shop, id);
  return { ...giftCardView(card), movements: movements.map(ledgerView) };
}
