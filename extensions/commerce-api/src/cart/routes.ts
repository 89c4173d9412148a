/** Carts over HTTP: every change answers the whole cart with its new totals. */
import { z } from 'zod';
import { Address } from '../customers/address.ts';
import { route, type Exchange, type Fields, type Route, type RouteSpec } from '../platform/http.ts';
import * as carts from './change-cart.ts';
import { cartView, CartView } from './cart-view.ts';
import type { QuotedCart } from './quote-cart.ts';

const CartParams = z.strictObject({ cart: z.uuid() });
const LineParams = z.strictObject({ cart: z.uuid(), line: z.uuid() });
const CodeParams = z.strictObject({ cart: z.uuid(), code: z.string().min(1).max(64) });
const CART_TOKEN = {
  'X-Cart-Token': 'The token a guest got when the cart was made. Customers send their JWT instead.',
};

const Quantity = z.int().min(1).max(999_999);
const Metadata = z
  .record(z.string().min(1).max(64), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
  .refine((value) => Object.keys(value).length <= 20, 'has more than 20 entries');
const Line = z.strictObject({ variant: z.uuid(), quantity: Quantity, metadata: Metadata.optional() });
const Locale = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'is not a locale such as en-US');
const Code = z.string().trim().min(1).max(64);
const details = {
  email: z.email().max(254).optional(),
  locale: Locale.optional(),
  shipping_address: Address.nullish(),
  billing_address: Address.nullish(),
  shipping_method: z.uuid().nullish(),
};

const NewCart = z.strictObject({
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'is not an ISO 4217 code in upper case')
    .optional(),
  lines: z.array(Line).max(200).optional(),
  codes: z.array(Code).max(20).optional(),
  ...details,
});

const ShippingMethodView = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  amount_minor: z.int(),
  currency: z.string(),
  min_days: z.int().nullable(),
  max_days: z.int().nullable(),
});

export const cartRoutes: Route[] = [
  route({
    method: 'post',
    path: '/carts',
    tag: 'Cart',
    summary: 'Start a cart',
    description:
      'Empty, or with lines, addresses, e-mail, codes and shipping method at once. A guest gets `token`, this once: keep it and send it as X-Cart-Token.',
    access: 'public',
    body: NewCart,
    answers: {
      status: 201,
      data: CartView.extend({ token: z.string().nullable() }),
      description: 'The cart with its totals; `token` for guests',
    },
    errors: [
      'NOT_FOR_SALE',
      'INSUFFICIENT_STOCK',
      'QUANTITY_LIMIT',
      'CODE_REFUSED',
      'SHIPPING_METHOD_UNAVAILABLE',
      'CURRENCY_UNAVAILABLE',
    ],
    async handle({ shop, caller, body }) {
      const { quoted, token } = await carts.createCart(shop, caller, body);
      return { status: 201, data: { ...cartView(shop.env, quoted), token } };
    },
  }),
  cartRoute({
    method: 'get',
    path: '/cart',
    summary: 'The open cart used last',
    description: 'The cart',
    errors: ['NOT_FOUND'],
    quote: (exchange) => carts.readOpenCart(exchange.shop, holderOf(exchange)),
  }),
  cartRoute({
    method: 'get',
    path: '/carts/:cart',
    summary: 'Read a cart',
    description: 'The cart',
    params: CartParams,
    errors: ['NOT_FOUND'],
    quote: (exchange) => carts.readCart(exchange.shop, exchange.params.cart, holderOf(exchange)),
  }),
  cartRoute({
    method: 'patch',
    path: '/carts/:cart',
    summary: 'Set e-mail, addresses, shipping method',
    description: 'The cart with its new totals',
    params: CartParams,
    body: z.strictObject(details),
    errors: ['NOT_FOUND', 'CART_NOT_OPEN', 'SHIPPING_METHOD_UNAVAILABLE'],
    quote: (exchange) =>
      carts.updateDetails(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.body),
  }),
  cartRoute({
    method: 'post',
    path: '/carts/:cart/lines',
    summary: 'Add to the cart',
    status: 201,
    description: 'The cart with its new totals',
    params: CartParams,
    body: Line,
    errors: ['NOT_FOUND', 'CART_NOT_OPEN', 'NOT_FOR_SALE', 'INSUFFICIENT_STOCK', 'QUANTITY_LIMIT'],
    quote: (exchange) =>
      carts.addToCart(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.body),
  }),
  cartRoute({
    method: 'patch',
    path: '/carts/:cart/lines/:line',
    summary: 'Set the quantity of a line',
    description: 'The cart with its new totals',
    params: LineParams,
    body: z.strictObject({ quantity: Quantity }),
    errors: ['NOT_FOUND', 'CART_NOT_OPEN', 'NOT_FOR_SALE', 'INSUFFICIENT_STOCK', 'QUANTITY_LIMIT'],
    quote(exchange) {
      const { shop, params, body } = exchange;
      return carts.setQuantity(shop, params.cart, holderOf(exchange), params.line, body.quantity);
    },
  }),
  cartRoute({
    method: 'delete',
    path: '/carts/:cart/lines/:line',
    summary: 'Remove a line',
    description: 'The cart with its new totals',
    params: LineParams,
    errors: ['NOT_FOUND', 'CART_NOT_OPEN'],
    quote: (exchange) =>
      carts.removeLine(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.params.line),
  }),
  cartRoute({
    method: 'delete',
    path: '/carts/:cart/lines',
    summary: 'Empty the cart',
    description: 'The empty cart',
    params: CartParams,
    errors: ['NOT_FOUND', 'CART_NOT_OPEN'],
    quote: (exchange) => carts.clearLines(exchange.shop, exchange.params.cart, holderOf(exchange)),
  }),
  cartRoute({
    method: 'post',
    path: '/carts/:cart/codes',
    summary: 'Put a code on the cart',
    description: 'The cart with its new totals',
    params: CartParams,
    body: z.strictObject({ code: Code }),
    errors: ['NOT_FOUND', 'CART_NOT_OPEN', 'CODE_REFUSED'],
    quote: (exchange) =>
      carts.addCode(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.body.code),
  }),
  cartRoute({
    method: 'delete',
    path: '/carts/:cart/codes/:code',
    summary: 'Take a code off the cart',
    description: 'The cart with its new totals',
    params: CodeParams,
    errors: ['NOT_FOUND', 'CART_NOT_OPEN'],
    quote: (exchange) =>
      carts.removeCode(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.params.code),
  }),
  route({
    method: 'get',
    path: '/carts/:cart/shipping-methods',
    tag: 'Cart',
    summary: 'Shipping methods for the cart',
    access: 'holder',
    headers: CART_TOKEN,
    params: CartParams,
    answers: {
      status: 200,
      data: z.array(ShippingMethodView),
      description: 'What serves the address; empty before there is one',
    },
    errors: ['NOT_FOUND'],
    async handle(exchange) {
      const quoted = await carts.readCart(exchange.shop, exchange.params.cart, holderOf(exchange));
      return {
        status: 200,
        data: carts.offeredMethods(quoted).map((method) => ShippingMethodView.parse(method)),
      };
    },
  }),
];

interface CartRoute<P extends Fields | undefined, B extends z.ZodType | undefined>
  extends Pick<RouteSpec<P, undefined, B>, 'method' | 'path' | 'summary' | 'params' | 'body' | 'errors'> {
  /** 200 unless said otherwise. */
  status?: 200 | 201;
  /** Of the answer. */
  description: string;
  /** Does what was asked and prices the cart anew. */
  quote: (exchange: Parameters<RouteSpec<P, undefined, B>['handle']>[0]) => Promise<QuotedCart>;
}

/** A route for whoever holds a cart, which answers that cart. */
function cartRoute<P extends Fields | undefined = undefined, B extends z.ZodType | undefined = undefined>({
  status = 200,
  description,
  quote,
  ...spec
}: CartRoute<P, B>): Route {
  return route<P, undefined, B>({
    ...spec,
    tag: 'Cart',
    access: 'holder',
    headers: CART_TOKEN,
    answers: { status, data: CartView, description },
    async handle(exchange) {
      return { status, data: cartView(exchange.shop.env, await quote(exchange)) };
    },
  });
}

function holderOf({ caller, header }: Exchange<unknown, unknown, unknown>): carts.Holder {
  return { caller, token: header('x-cart-token') };
}
