/** Carts over HTTP: every change answers the whole cart with its new totals. */
import { z } from 'zod';
import { Address } from '../customers/address.ts';
import { route, type Exchange, type Fields, type Route, type RouteSpec } from '../platform/http.ts';
import * as carts from './change-cart.ts';
import { cartView, CartView } from './cart-view.ts';
import { offeredMethod, ShippingMethodView } from './method-view.ts';
import { recoverCart } from './recover-cart.ts';
import type { QuotedCart } from './quote-cart.ts';

const CartParams = z.strictObject({ cart: z.uuid() });
const LineParams = z.strictObject({ cart: z.uuid(), line: z.uuid() });
const CodeParams = z.strictObject({ cart: z.uuid(), code: z.string().min(1).max(64) });
const CardParams = z.strictObject({ cart: z.uuid(), gift_card: z.uuid() });
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
const Currency = z.string().regex(/^[A-Z]{3}$/, 'is not an ISO 4217 code in upper case');
const details = {
  currency: Currency.optional(),
  email: z.email().max(254).optional(),
  locale: Locale.optional(),
  shipping_address: Address.nullish(),
  billing_address: Address.nullish(),
  shipping_method: z.uuid().nullish(),
  vat_id: z
    .string()
    .trim()
    .min(4)
    .max(32)
    .nullish()
    .describe(
      'Where VAT ids are looked up, it shifts the tax to the buyer only if it is the signed-in customer’s own and the register has confirmed it; elsewhere its form and check digit decide.',
    ),
  use_store_credit: z.boolean().optional(),
};
const DETAIL_ERRORS = [
  'SHIPPING_METHOD_UNAVAILABLE',
  'CURRENCY_UNAVAILABLE',
  'NOT_FOR_SALE',
  'VAT_ID_INVALID',
  'SIGN_IN_REQUIRED',
] as const;
const LINE_ERRORS = ['NOT_FOR_SALE', 'INSUFFICIENT_STOCK', 'QUANTITY_LIMIT', 'AMOUNT_TOO_LARGE'] as const;
/** Of every change of a stored cart. */
const CHANGE_ERRORS = ['NOT_FOUND', 'CART_NOT_OPEN', 'CART_CONFLICT'] as const;

const NewCart = z.strictObject({
  lines: z.array(Line).max(200).optional(),
  codes: z.array(Code).max(20).optional(),
  ...details,
});

export const cartRoutes: Route[] = [
  route({
    method: 'post',
    path: '/carts',
    tag: 'Cart',
    summary: 'Start a cart',
    description:
      'Empty, or with lines, addresses, e-mail, codes and shipping method at once. A guest gets `token`, this once: keep it and send it as X-Cart-Token. What depends on earlier orders of an e-mail address is told to its own customer alone; for guests it is judged when the cart is completed.',
    access: 'public',
    body: NewCart,
    answers: {
      status: 201,
      data: CartView.extend({ token: z.string().nullable() }),
      description: 'The cart with its totals; `token` for guests',
    },
    errors: [...LINE_ERRORS, ...DETAIL_ERRORS, 'CODE_REFUSED'],
    async handle({ shop, caller, body }) {
      const { quoted, token } = await carts.createCart(shop, caller, body);
      return { status: 201, data: { ...cartView(shop.env, quoted), token } };
    },
  }),
  route({
    method: 'post',
    path: '/carts/recover',
    tag: 'Cart',
    summary: 'Open a cart from the link in a mail',
    description:
      'The token is in the link. A guest gets a new `token` for the cart, and the old one is dead; a customer has to be signed in.',
    access: 'public',
    body: z.strictObject({ token: z.string().min(1).max(200) }),
    answers: {
      status: 200,
      data: CartView.extend({ token: z.string().nullable() }),
      description: 'The cart with its totals; `token` for guests',
    },
    errors: ['NOT_FOUND', 'CART_NOT_OPEN', 'CART_CONFLICT', 'SIGN_IN_REQUIRED'],
    async handle({ shop, caller, body }) {
      const { quoted, token } = await recoverCart(shop, caller, body.token);
      return { status: 200, data: { ...cartView(shop.env, quoted), token } };
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
    summary: 'Set e-mail, addresses, shipping method, VAT id, currency, use of store credit',
    description: 'The cart with its new totals',
    params: CartParams,
    body: z.strictObject(details),
    errors: [...CHANGE_ERRORS, ...DETAIL_ERRORS],
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
    errors: [...CHANGE_ERRORS, ...LINE_ERRORS, 'CART_FULL'],
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
    errors: [...CHANGE_ERRORS, ...LINE_ERRORS],
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
    errors: [...CHANGE_ERRORS],
    quote: (exchange) =>
      carts.removeLine(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.params.line),
  }),
  cartRoute({
    method: 'delete',
    path: '/carts/:cart/lines',
    summary: 'Empty the cart',
    description: 'The empty cart',
    params: CartParams,
    errors: [...CHANGE_ERRORS],
    quote: (exchange) => carts.clearLines(exchange.shop, exchange.params.cart, holderOf(exchange)),
  }),
  cartRoute({
    method: 'post',
    path: '/carts/:cart/codes',
    summary: 'Put a code on the cart',
    description: 'The cart with its new totals',
    params: CartParams,
    body: z.strictObject({ code: Code }),
    errors: [...CHANGE_ERRORS, 'CODE_REFUSED', 'CART_FULL'],
    quote: (exchange) =>
      carts.addCode(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.body.code),
  }),
  cartRoute({
    method: 'delete',
    path: '/carts/:cart/codes/:code',
    summary: 'Take a code off the cart',
    description: 'The cart with its new totals',
    params: CodeParams,
    errors: [...CHANGE_ERRORS],
    quote: (exchange) =>
      carts.removeCode(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.params.code),
  }),
  cartRoute({
    method: 'post',
    path: '/carts/:cart/gift-cards',
    summary: 'Pay with a gift card',
    description: 'The cart; `payable` says what the card covers',
    params: CartParams,
    body: z.strictObject({ code: z.string().trim().min(1).max(64) }),
    errors: [...CHANGE_ERRORS, 'GIFT_CARD_REFUSED', 'GIFT_CARD_TRIES', 'CART_FULL'],
    quote: (exchange) =>
      carts.addGiftCard(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.body.code),
  }),
  cartRoute({
    method: 'delete',
    path: '/carts/:cart/gift-cards/:gift_card',
    summary: 'Do not pay with a gift card',
    description: 'The cart',
    params: CardParams,
    errors: [...CHANGE_ERRORS],
    quote(exchange) {
      const { shop, params } = exchange;
      return carts.removeGiftCard(shop, params.cart, holderOf(exchange), params.gift_card);
    },
  }),
  route({
    method: 'get',
    path: '/carts/:cart/shipping-methods',
    tag: 'Cart',
    summary: 'Shipping methods for the cart',
    description: 'Carriers are asked what they want for it; their answer holds for half an hour.',
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
      const { methods } = await carts.readMethods(exchange.shop, exchange.params.cart, holderOf(exchange));
      return { status: 200, data: methods.map(offeredMethod) };
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
