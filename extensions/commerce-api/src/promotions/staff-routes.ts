/** Codes in bulk. Promotions themselves are written in the admin app. */
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { codesAsCsv, readCounts } from './list-codes.ts';
import { CodeRequest, makeCodes } from './make-codes.ts';

const PromotionParams = z.strictObject({ promotion: z.uuid() });

const Counts = z.object({
  codes: z.int(),
  used: z.int().describe('Codes that an order has used.'),
  redemptions: z.int(),
});

export const promotionStaffRoutes: Route[] = [
  route({
    method: 'post',
    path: '/promotions/:promotion/codes',
    tag: 'Promotions',
    summary: 'Make many codes for one promotion',
    description: 'All of them or none. The list is at `codes.csv`.',
    access: 'catalogue_staff',
    params: PromotionParams,
    body: CodeRequest,
    answers: {
      status: 201,
      data: z.object({ made: z.int(), ...Counts.shape }),
      description: 'How many were made, and how many the promotion has now',
    },
    errors: ['NOT_FOUND', 'PROMOTION_NEEDS_NO_CODE'],
    async handle({ shop, params, body }) {
      const { length: made } = await makeCodes(shop, params.promotion, body);
      return { status: 201, data: { made, ...(await readCounts(shop, params.promotion)) } };
    },
  }),
  route({
    method: 'get',
    path: '/promotions/:promotion/codes',
    tag: 'Promotions',
    summary: 'How many codes a promotion has, and how many were used',
    access: 'catalogue_staff',
    params: PromotionParams,
    answers: { status: 200, data: Counts, description: 'The counts' },
    errors: ['NOT_FOUND'],
    async handle({ shop, params }) {
      return { status: 200, data: await readCounts(shop, params.promotion) };
    },
  }),
  route({
    method: 'get',
    path: '/promotions/:promotion/codes.csv',
    tag: 'Promotions',
    summary: 'All codes of a promotion, as a file',
    access: 'catalogue_staff',
    params: PromotionParams,
    answers: {
      status: 200,
      file: 'text/csv',
      description: 'code, usage_limit, usage_count and created_at of each',
    },
    errors: ['NOT_FOUND'],
    async handle({ shop, params }) {
      return { status: 200, file: await codesAsCsv(shop, params.promotion) };
    },
  }),
];
