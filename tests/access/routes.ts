/**
 * Who may call which of Kontor's own routes: the statement the access suite holds the running shop against, written by hand.
 * `access` in the code says how it is brought about; a route without a line here fails the suite.
 *
 * The first parameter of a path is the object the answer depends on. Whoever may not have it is told the same whether it is there
 * or not, and whoever is let in is told NOT_FOUND where it is missing.
 */
import { randomUUID } from 'node:crypto';
import { ADDRESS } from '../support/factories.ts';
import type { Things } from './things.ts';

/** Who asks. The holders carry tokens of carts and orders instead of an account. */
export const ROUTE_CALLERS = [
  'anonymous',
  'customer',
  'other_customer',
  'holder',
  'holder_of_another',
  'holder_of_swapped_tokens',
  'other_customer_with_tokens',
  'vendor',
  'catalogue_staff',
  'order_staff',
  'administrator',
] as const;
export type RouteCaller = (typeof ROUTE_CALLERS)[number];

export type Who = keyof typeof TOLD;

/** Whether a caller is let in, or the status they are refused with. Signing in helps where it says 401, nothing where it says 403. */
export const TOLD = {
  everybody: told({}),
  /** Each customer has their own: a profile, a list. */
  customers: told({ customers: 'in', tokens: 401, staff: 401 }),
  /** Whoever has a cart, by their account or by its token. */
  shoppers: told({
    ...{ holder: 'in', holder_of_another: 'in', other_customer_with_tokens: 'in' },
    ...{ tokens: 404, staff: 404 },
  }),
  /** The customer whose object it is. */
  owner: told({ customer: 'in', customers: 404, tokens: 401, staff: 401 }),
  /** Whoever holds the token of a guest's cart or order. */
  holder: told({ holder: 'in', customers: 404, tokens: 404, staff: 404 }),
  /** The customer behind a cart or order; a token of it does not exist. */
  buyer: told({ customer: 'in', customers: 404, tokens: 404, staff: 404 }),
  order_staff: told({ order_staff: 'in', customers: 403, tokens: 401, staff: 403, administrator: 'in' }),
  catalogue_staff: told({
    catalogue_staff: 'in',
    customers: 403,
    tokens: 401,
    staff: 403,
    administrator: 'in',
  }),
  staff: told({
    order_staff: 'in',
    catalogue_staff: 'in',
    customers: 403,
    tokens: 401,
    staff: 403,
    administrator: 'in',
  }),
} as const;

export interface RouteRow {
  who: Who;
  body?: (things: Things) => object;
  query?: (things: Things) => string;
  /** What those who are let in are told, where it is not that it worked or that it does not fit just now. */
  status?: number;
  /** The first who is let in leaves nothing for the next. */
  ends?: true;
}

type Verdict = 'in' | 401 | 403 | 404;
type Groups = Partial<Record<RouteCaller | 'customers' | 'tokens' | 'staff', Verdict>>;

function told(groups: Groups): Record<RouteCaller, Verdict> {
  const { customers = 'in', tokens = 'in', staff = 'in' } = groups;
  return {
    anonymous: tokens,
    customer: customers,
    other_customer: customers,
    holder: tokens,
    holder_of_another: tokens,
    holder_of_swapped_tokens: tokens,
    other_customer_with_tokens: customers,
    vendor: staff,
    catalogue_staff: staff,
    order_staff: staff,
    administrator: staff,
    ...groups,
  };
}

const everybody = (row: Omit<RouteRow, 'who'> = {}): RouteRow => ({ who: 'everybody', ...row });
const customers = (body?: RouteRow['body']): RouteRow => ({ who: 'customers', ...(body && { body }) });
const owner = (body?: RouteRow['body']): RouteRow => ({ who: 'owner', ...(body && { body }) });
const holder = (body?: RouteRow['body']): RouteRow => ({ who: 'holder', ...(body && { body }) });
const orderStaff = (body?: RouteRow['body'], more: Partial<RouteRow> = {}): RouteRow => ({ who: 'order_staff', ...(body && { body }), ...more }); // prettier-ignore
const catalogueStaff = (body?: RouteRow['body']): RouteRow => ({
  who: 'catalogue_staff',
  ...(body && { body }),
});
const staff = (body?: RouteRow['body'], more: Partial<RouteRow> = {}): RouteRow => ({ who: 'staff', ...(body && { body }), ...more }); // prettier-ignore

const password = 'tulips-on-tuesday';
const anEmail = () => `${randomUUID()}@example.com`;

/** In this order the calls that are let in are made, so that what ends an object comes last. */
export const ROUTES: Record<string, RouteRow> = {
  'GET /store/products': everybody(),
  'GET /store/products/:slug': everybody(),
  'GET /store/categories': everybody(),
  'GET /store/categories/:slug': everybody({ status: 404 }),
  'GET /store/search/suggest': everybody({ query: () => 'q=tea' }),
  'GET /store/products/:slug/related': everybody(),
  'GET /store/stock': everybody({ query: ({ variant }) => `variants=${variant}` }),
  'POST /store/stock/notices': everybody({
    body: ({ variant }) => ({ variant, email: anEmail() }),
    status: 202,
  }),
  'POST /store/auth/register': everybody({ body: () => ({ email: anEmail(), password }), status: 201 }),
  'POST /store/auth/login': everybody({ body: () => ({ email: anEmail(), password }), status: 401 }),
  'POST /store/auth/refresh': everybody({ body: () => ({ refresh_token: 'x' }), status: 401 }),
  'POST /store/auth/logout': everybody({ body: () => ({ refresh_token: 'x' }), status: 204 }),
  'POST /store/auth/verify': everybody({ body: () => ({ token: 'x' }), status: 401 }),
  'POST /store/auth/password/request': everybody({ body: () => ({ email: anEmail() }), status: 202 }),
  'POST /store/auth/password/reset': everybody({ body: () => ({ token: 'x', password }), status: 401 }),
  'GET /store/payment-providers': everybody(),
  'POST /store/gift-cards/balance': everybody({ body: () => ({ code: 'ABCD-EFGH-JKLM-NPQR' }), status: 422 }),
  'POST /store/carts': everybody({ body: () => ({}), status: 201 }),
  'POST /store/carts/recover': everybody({ body: () => ({ token: 'x' }), status: 404 }),

  'GET /store/me': customers(),
  'PATCH /store/me': customers(() => ({ first_name: 'Ada' })),
  'GET /store/me/orders': customers(),
  'GET /store/me/store-credit': customers(),
  'GET /store/me/addresses': customers(),
  'POST /store/me/addresses': customers(() => ADDRESS),
  'PATCH /store/me/addresses/:address': owner(() => ({ city: 'Austin' })),
  'DELETE /store/me/addresses/:address': owner(),
  'POST /store/me/password': customers(() => ({ current_password: 'x', password })),
  'GET /store/me/sessions': customers(),
  'DELETE /store/me/sessions/:session': owner(),
  'DELETE /store/me/sessions': customers(),
  'GET /store/me/payment-methods': customers(),
  'POST /store/me/payment-methods': customers(() => ({ provider: 'stripe' })),
  'GET /store/me/payment-methods/setups/:setup': owner(),
  'POST /store/me/payment-methods/:method/default': owner(),
  'DELETE /store/me/payment-methods/:method': owner(),

  'GET /store/cart': { who: 'shoppers' },
  'GET /store/carts/:cart': holder(),
  'PATCH /store/carts/:cart': holder(() => ({ email: anEmail() })),
  'GET /store/carts/:cart/shipping-methods': holder(),
  'POST /store/carts/:cart/codes': holder(() => ({ code: 'NONE' })),
  'DELETE /store/carts/:cart/codes/:code': holder(),
  'POST /store/carts/:cart/gift-cards': holder(() => ({ code: 'ABCD-EFGH-JKLM-NPQR' })),
  'DELETE /store/carts/:cart/gift-cards/:gift_card': holder(),
  'POST /store/carts/:cart/lines': holder(({ variant }) => ({ variant, quantity: 1 })),
  'PATCH /store/carts/:cart/lines/:line': holder(() => ({ quantity: 2 })),
  'POST /store/carts/:cart/complete': holder(() => ({
    expected_total_minor: 1,
    payment: { provider: 'manual' },
  })),
  'DELETE /store/carts/:cart/lines/:line': holder(),
  'DELETE /store/carts/:cart/lines': holder(),

  'GET /store/orders/:order': holder(),
  'GET /store/orders/:order/payment': holder(),
  'POST /store/orders/:order/returns': holder(({ order_line }) => ({ lines: [{ order_line, quantity: 1 }] })),
  'POST /store/orders/:order/pay': holder(() => ({})),
  'POST /store/orders/:order/cancel': holder(() => ({})),

  'GET /staff/orders/attention': orderStaff(),
  'GET /staff/orders/:order': orderStaff(),
  'POST /staff/orders/:order/sync-payment': orderStaff(),
  'POST /staff/orders/:order/mails': orderStaff(() => ({ template: 'order-placed' })),
  'POST /staff/orders/:order/attention/resolve': orderStaff(() => ({})),
  'POST /staff/orders/:order/charge': orderStaff(() => ({})),
  'POST /staff/orders/:order/edits': orderStaff(({ order_line }) => ({ version: 999, reason: 'x', lines: [{ line: order_line, quantity: 1 }] })), // prettier-ignore
  'POST /staff/orders/:order/accept': orderStaff(),
  'POST /staff/orders/:order/mark-paid': orderStaff(),
  'POST /staff/orders/:order/capture': orderStaff(() => ({})),
  'POST /staff/orders/:order/settle': orderStaff(() => ({ action: 'accept' })),
  'POST /staff/orders/:order/ship': orderStaff(() => ({})),
  'POST /staff/orders/:order/returns': orderStaff(({ order_line }) => ({
    lines: [{ order_line, quantity: 1 }],
  })),
  'POST /staff/orders/:order/restock': staff(({ order_line }) => ({ lines: [{ order_line, quantity: 1 }] })),
  'POST /staff/orders/:order/refunds': orderStaff(() => ({ amount_minor: 1, reason: 'x' })),
  'POST /staff/refunds/:refund/resolve': orderStaff(() => ({ outcome: 'ask_again' })),
  'POST /staff/shipments/:shipment/ship': orderStaff(() => ({})),
  'PATCH /staff/shipments/:shipment': orderStaff(() => ({ carrier: 'Post' })),
  'POST /staff/shipments/:shipment/deliver': orderStaff(() => ({})),
  'POST /staff/shipments/:shipment/cancel': orderStaff(),
  'POST /staff/returns/:return/approve': orderStaff(() => ({})),
  'POST /staff/returns/:return/reject': orderStaff(() => ({})),
  'POST /staff/returns/:return/receive': orderStaff(() => ({})),
  'POST /staff/returns/:return/refund': orderStaff(() => ({})),
  'POST /staff/orders/:order/cancel': orderStaff(() => ({})),
  'POST /staff/gift-cards': orderStaff(() => ({ initial_minor: 100, currency: 'USD' })),
  'GET /staff/gift-cards/:gift_card': orderStaff(),
  'GET /staff/customers/:customer/sessions': orderStaff(),
  'PATCH /staff/gift-cards/:gift_card': orderStaff(() => ({ status: 'active' })),
  'POST /staff/gift-cards/:gift_card/adjust': orderStaff(() => ({ delta_minor: 1, note: 'x' })),
  'POST /staff/customers/:customer/store-credit': orderStaff(() => ({
    delta_minor: 1,
    currency: 'USD',
    note: 'x',
  })),
  'POST /staff/drafts': orderStaff(() => ({})),
  'GET /staff/drafts': orderStaff(),
  'GET /staff/drafts/:draft': orderStaff(),
  'GET /staff/drafts/:draft/shipping-methods': orderStaff(),
  'PATCH /staff/drafts/:draft': orderStaff(() => ({ note: 'x' })),
  'POST /staff/drafts/:draft/complete': orderStaff(() => ({ expected_total_minor: 1, payment: { provider: 'manual' } })), // prettier-ignore
  'DELETE /staff/drafts/:draft': orderStaff(undefined, { ends: true }),
  'POST /staff/stock/adjust': staff(({ variant, location }) => ({ variant, location, delta: 1 })),
  'POST /staff/stock/transfer': staff(({ variant, location, shed }) => ({ from: location, to: shed, lines: [{ variant, quantity: 1 }] })), // prettier-ignore
  'PUT /staff/stock/low-stock-at': staff(({ variant, location }) => ({ variant, location, low_stock_at: 1 })),
  'GET /staff/stock/movements': staff(undefined, { query: ({ variant }) => `variant=${variant}` }),
  'POST /staff/promotions/:promotion/codes': catalogueStaff(() => ({ count: 1 })),
  'GET /staff/promotions/:promotion/codes': catalogueStaff(),
  'GET /staff/promotions/:promotion/codes.csv': catalogueStaff(),
  'GET /staff/jobs/failed': orderStaff(),
  'POST /staff/jobs/:job/retry': orderStaff(),
  'POST /staff/webhook-events/:event/replay': orderStaff(),

  'POST /webhooks/:provider': everybody({ body: () => ({ id: 'evt_1', type: 'x' }), status: 400 }),
  'GET /docs/openapi.json': everybody(),
  'GET /docs/': everybody(),
  'GET /docs/redoc': everybody(),
  'GET /docs/how-kontor-calculates': everybody(),
  'GET /docs/how-kontor-recommends': everybody(),
  'GET /docs/assets/:name': everybody(),
  // Signs the customer out.
  'DELETE /staff/customers/:customer/sessions': orderStaff(),
};
