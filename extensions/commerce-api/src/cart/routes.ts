import { z } from 'zod';
import { Address } from '../customers/address.ts';
import { route, type Exchange, type Route } from '../platform/http.ts';
import * as carts from './change-cart.ts';
import { cartView, CartView } from './cart-view.ts';

const CartParams = z.strictObject({ cart: z.uuid() });
const LineParams = z.strictObject({ cart: z.uuid(), line: z.uuid() });
const CodeParams = z.strictObject({ cart: z.uuid(), code: z.string().min(1).max(64) });
const CART_TOKEN = { 'X-Cart-Token': 'The token a guest got when the cart was made. Customers send their JWT instead.' };

const Quantity = z.int().min(1).max(999_999);
const Metadata = z
  .record(z.string().min(1).max(64), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
  .refine((value) => Object.keys(value).length <= 20, 'has more than 20 entries');
const Line = z.strictObject({ variant: z.uuid(), quantity: Quantity, metadata: Metadata.optional() });
const Locale = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'is not a locale such as en-US');
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
  codes: z.array(z.string().trim().min(1).max(64)).max(20).optional(),
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

function holderOf({ caller, header }: Exchange<unknown, unknown, unknown>): carts.Holder {
  return { caller, token: header('x-cart-token') };
}

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
    errors: ['NOT_FOR_SALE', 'INSUFFICIENT_STOCK', 'QUANTITY_LIMIT', 'CODE_REFUSED', 'SHIPPING_METHOD_UNAVAILABLE', 'CURRENCY_UNAVAILABLE'],
    async handle({ shop, caller, body }) {
      const { quoted, token } = await carts.createCart(shop, caller, body);
      return { status: 201, data: { ...cartView(shop.env, quoted), token } };
    },
  }),
  route({
    method: 'get',
    path: '/cart',
    tag: 'Cart',
    summary: 'The open cart used last',
    access: 'holder',
    headers: CART_TOKEN,
    answers: { status: 200, data: CartView, description: 'The cart' },
    errors: ['NOT_FOUND'],
    async handle(exchange) {
      return { status: 200, data: cartView(exchange.shop.env, await carts.readOpenCart(exchange.shop, holderOf(exchange))) };
    },
  }),
  route({
    method: 'get',
    path: '/carts/:cart',
    tag: 'Cart',
    summary: 'Read a cart',
    access: 'holder',
    headers: CART_TOKEN,
    params: CartParams,
    answers: { status: 200, data: CartView, description: 'The cart' },
    errors: ['NOT_FOUND'],
    async handle(exchange) {
      const quoted = await carts.readCart(exchange.shop, exchange.params.cart, holderOf(exchange));
      return { status: 200, data: cartView(exchange.shop.env, quoted) };
    },
  }),
  route({
    method: 'patch',
    path: '/carts/:cart',
    tag: 'Cart',
    summary: 'Set e-mail, addresses, shipping method',
    access: 'holder',
    headers: CART_TOKEN,
    params: CartParams,
    body: z.strictObject(details),
    answers: { status: 200, data: CartView, description: 'The cart with its new totals' },
    errors: ['NOT_FOUND', 'CART_NOT_OPEN', 'SHIPPING_METHOD_UNAVAILABLE'],
    async handle(exchange) {
      const quoted = await carts.updateDetails(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.body);
      return { status: 200, data: cartView(exchange.shop.env, quoted) };
    },
  }),
  route({
    method: 'post',
    path: '/carts/:cart/lines',
    tag: 'Cart',
    summary: 'Add to the cart',
    access: 'holder',
    headers: CART_TOKEN,
    params: CartParams,
    body: Line,
    answers: { status: 201, data: CartView, description: 'The cart with its new totals' },
    errors: ['NOT_FOUND', 'CART_NOT_OPEN', 'NOT_FOR_SALE', 'INSUFFICIENT_STOCK', 'QUANTITY_LIMIT'],
    async handle(exchange) {
      const quoted = await carts.addToCart(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.body);
      return { status: 201, data: cartView(exchange.shop.env, quoted) };
    },
  }),
  route({
    method: 'patch',
    path: '/carts/:cart/lines/:line',
    tag: 'Cart',
    summary: 'Set the quantity of a line',
    access: 'holder',
    headers: CART_TOKEN,
    params: LineParams,
    body: z.strictObject({ quantity: Quantity }),
    answers: { status: 200, data: CartView, description: 'The cart with its new totals' },
    errors: ['NOT_FOUND', 'CART_NOT_OPEN', 'NOT_FOR_SALE', 'INSUFFICIENT_STOCK', 'QUANTITY_LIMIT'],
    async handle(exchange) {
      const { shop, params, body } = exchange;
      const quoted = await carts.setQuantity(shop, params.cart, holderOf(exchange), params.line, body.quantity);
      return { status: 200, data: cartView(shop.env, quoted) };
    },
  }),
  route({
    method: 'delete',
    path: '/carts/:cart/lines/:line',
    tag: 'Cart',
    summary: 'Remove a line',
    access: 'holder',
    headers: CART_TOKEN,
    params: LineParams,
    answers: { status: 200, data: CartView, description: 'The cart with its new totals' },
    errors: ['NOT_FOUND', 'CART_NOT_OPEN'],
    async handle(exchange) {
      const { shop, params } = exchange;
      const quoted = await carts.removeLine(shop, params.cart, holderOf(exchange), params.line);
      return { status: 200, data: cartView(shop.env, quoted) };
    },
  }),
  route({
    method: 'delete',
    path: '/carts/:cart/lines',
    tag: 'Cart',
    summary: 'Empty the cart',
    access: 'holder',
    headers: CART_TOKEN,
    params: CartParams,
    answers: { status: 200, data: CartView, description: 'The empty cart' },
    errors: ['NOT_FOUND', 'CART_NOT_OPEN'],
    async handle(exchange) {
      const quoted = await carts.clearLines(exchange.shop, exchange.params.cart, holderOf(exchange));
      return { status: 200, data: cartView(exchange.shop.env, quoted) };
    },
  }),
  route({
    method: 'post',
    path: '/carts/:cart/codes',
    tag: 'Cart',
    summary: 'Put a code on the cart',
    access: 'holder',
    headers: CART_TOKEN,
    params: CartParams,
    body: z.strictObject({ code: z.string().trim().min(1).max(64) }),
    answers: { status: 200, data: CartView, description: 'The cart with its new totals' },
    errors: ['NOT_FOUND', 'CART_NOT_OPEN', 'CODE_REFUSED'],
    async handle(exchange) {
      const quoted = await carts.addCode(exchange.shop, exchange.params.cart, holderOf(exchange), exchange.body.code);
      return { status: 200, data: cartView(exchange.shop.env, quoted) };
    },
  }),
  route({
    method: 'delete',
    path: '/carts/:cart/codes/:code',
    tag: 'Cart',
    summary: 'Take a code off the cart',
    access: 'holder',
    headers: CART_TOKEN,
    params: CodeParams,
    answers: { status: 200, data: CartView, description: 'The cart with its new totals' },
    errors: ['NOT_FOUND', 'CART_NOT_OPEN'],
    async handle(exchange) {
      const { shop, params } = exchange;
      const quoted = await carts.removeCode(shop, params.cart, holderOf(exchange), params.code);
      return { status: 200, data: cartView(shop.env, quoted) };
    },
  }),
  route({
    method: 'get',
    path: '/carts/:cart/shipping-methods',
    tag: 'Cart',
    summary: 'Shipping methods for the cart',
    access: 'holder',
    headers: CART_TOKEN,
    params: CartParams,
    answers: { status: 200, data: z.array(ShippingMethodView), description: 'What serves the address; empty before there is one' },
    errors: ['NOT_FOUND'],
    async handle(exchange) {
      const quoted = await carts.readCart(exchange.shop, exchange.params.cart, holderOf(exchange));
      return { status: 200, data: carts.offeredMethods(quoted).map((method) => ShippingMethodView.parse(method)) };
    },
  }),
];
