/** Draft orders, put together by staff. */
import { z } from 'zod';
import { Address } from '../customers/address.ts';
import { Email, Locale } from '../customers/person.ts';
import { route, type Route } from '../platform/http.ts';
import {
  changeDraft,
  createDraft,
  listDrafts,
  readDraft,
  readDraftMethods,
  removeDraft,
} from './draft-cart.ts';
import { draftView, DraftView } from './draft-view.ts';
import { offeredMethod, ShippingMethodView } from './method-view.ts';

/** Of one unit: twelve digits, more than anything costs in any currency. */
const MAX_PRICE_MINOR = 999_999_999_999;

const DraftParams = z.strictObject({ draft: z.uuid() });

const Metadata = z
  .record(z.string().min(1).max(64), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
  .refine((value) => Object.keys(value).length <= 20, 'has more than 20 entries');

const details = {
  email: Email.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'is not an ISO 4217 code in upper case')
    .optional(),
  locale: Locale.optional(),
  shipping_address: Address.nullish(),
  billing_address: Address.nullish(),
  shipping_method: z.uuid().nullish(),
  vat_id: z.string().trim().min(4).max(32).nullish(),
  use_store_credit: z.boolean().optional(),
  lines: z
    .array(
      z.strictObject({
        variant: z.uuid(),
        quantity: z.int().min(1).max(999_999),
        unit_price_minor: z
          .int()
          .nonnegative()
          .max(MAX_PRICE_MINOR)
          .optional()
          .describe('What one costs, instead of the catalogue’s price.'),
        metadata: Metadata.optional(),
      }),
    )
    .max(200)
    .optional()
    .describe('All lines of the draft: those that are not named are taken out.'),
  codes: z.array(z.string().trim().min(1).max(64)).max(20).optional().describe('All codes of the draft.'),
  note: z.string().trim().max(2000).nullish().describe('For the people who work on it.'),
};

const CHANGE_ERRORS = [
  'NOT_FOR_SALE',
  'INSUFFICIENT_STOCK',
  'QUANTITY_LIMIT',
  'CART_FULL',
  'AMOUNT_TOO_LARGE',
  'SHIPPING_METHOD_UNAVAILABLE',
  'CURRENCY_UNAVAILABLE',
  'VAT_ID_INVALID',
  'SIGN_IN_REQUIRED',
  'CODE_REFUSED',
] as const;

export const draftRoutes: Route[] = [
  route({
    method: 'post',
    path: '/drafts',
    tag: 'Drafts',
    summary: 'Start a draft order',
    description:
      'For a customer, or for an e-mail address. Lines may have prices of yours. Complete it when it is agreed.',
    access: 'order_staff',
    body: z.strictObject({ customer: z.uuid().optional(), ...details }),
    answers: { status: 201, data: DraftView, description: 'The draft with its totals' },
    errors: ['NOT_FOUND', ...CHANGE_ERRORS],
    async handle({ shop, body }) {
      return { status: 201, data: draftView(shop.env, await createDraft(shop, body)) };
    },
  }),
  route({
    method: 'get',
    path: '/drafts',
    tag: 'Drafts',
    summary: 'Open drafts, those changed last first',
    access: 'order_staff',
    query: z.strictObject({
      page: z.coerce.number().int().min(1).max(10_000).default(1),
      limit: z.coerce.number().int().min(1).max(50).default(20),
    }),
    answers: {
      status: 200,
      data: z.array(DraftView),
      meta: z.object({ page: z.int(), limit: z.int(), total: z.int() }),
      description: 'A page of drafts with what they cost now',
    },
    async handle({ shop, query }) {
      const { drafts, total } = await listDrafts(shop, query);
      return {
        status: 200,
        data: drafts.map((draft) => draftView(shop.env, draft)),
        meta: { ...query, total },
      };
    },
  }),
  route({
    method: 'get',
    path: '/drafts/:draft',
    tag: 'Drafts',
    summary: 'A draft with what it costs now',
    access: 'order_staff',
    params: DraftParams,
    answers: { status: 200, data: DraftView, description: 'The draft' },
    errors: ['NOT_FOUND'],
    async handle({ shop, params }) {
      return { status: 200, data: draftView(shop.env, await readDraft(shop, params.draft)) };
    },
  }),
  route({
    method: 'get',
    path: '/drafts/:draft/shipping-methods',
    tag: 'Drafts',
    summary: 'Shipping methods a draft may choose',
    description: 'Carriers are asked what they want for it.',
    access: 'order_staff',
    params: DraftParams,
    answers: { status: 200, data: z.array(ShippingMethodView), description: 'The methods' },
    errors: ['NOT_FOUND'],
    async handle({ shop, params }) {
      const { methods } = await readDraftMethods(shop, params.draft);
      return { status: 200, data: methods.map(offeredMethod) };
    },
  }),
  route({
    method: 'patch',
    path: '/drafts/:draft',
    tag: 'Drafts',
    summary: 'Change a draft',
    access: 'order_staff',
    params: DraftParams,
    body: z.strictObject(details),
    answers: { status: 200, data: DraftView, description: 'The draft with its new totals' },
    errors: ['NOT_FOUND', 'CART_NOT_OPEN', 'CART_CONFLICT', ...CHANGE_ERRORS],
    async handle({ shop, params, body }) {
      return { status: 200, data: draftView(shop.env, await changeDraft(shop, params.draft, body)) };
    },
  }),
  route({
    method: 'delete',
    path: '/drafts/:draft',
    tag: 'Drafts',
    summary: 'Delete a draft',
    access: 'order_staff',
    params: DraftParams,
    answers: { status: 204, description: 'The draft is gone.' },
    errors: ['NOT_FOUND', 'CART_NOT_OPEN'],
    async handle({ shop, params }) {
      await removeDraft(shop, params.draft);
      return { status: 204 };
    },
  }),
];
