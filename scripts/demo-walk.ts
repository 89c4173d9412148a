/**
 * The main job of a shop, walked through over HTTP as a shopper's browser would: nothing here looks into the database. Amounts are
 * integers in minor units.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createDirectus, readItems, rest } from '@directus/sdk';
import type { CartView } from '../extensions/commerce-api/src/cart/cart-view.ts';
import { formatMinor } from '../extensions/commerce-api/src/core/money.ts';
import type { OrderView } from '../extensions/commerce-api/src/orders/order-view.ts';

export const WALKED_PROVIDERS = ['stripe', 'paypal', 'flutterwave'] as const;
export type WalkedProvider = (typeof WALKED_PROVIDERS)[number];

export interface Walk {
  /** Where the shop is. */
  url: string;
  /** Which of its payment providers to pay with. */
  provider: WalkedProvider;
  /** Where the emulator of that provider is. */
  emulator_url: string;
  /** Where its mail can be read; null where mail goes to a real server. */
  inbox_url: string | null;
  /** Slug of the product to buy; null takes the first that is in stock. */
  product: string | null;
  /** Called after each step with what it was and what it saw. */
  onStep: (step: string, seen: string) => void;
}

export interface WalkedOrder {
  order: string;
  number: string;
  total_minor: number;
  currency: string;
}

/** What a step came to instead of what it should have. */
export class StepFailed extends Error {
  readonly step: string;

  constructor(step: string, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.step = step;
  }
}

const PATIENCE_MS = 30_000;
/** Where a storefront would take its shopper in again. Nothing is asked there: the walk reads the redirect and comes back by itself. */
const RETURN_URL = 'https://storefront.example/thanks';
/** What the shopper chooses on the page of each emulator. */
const CHOICES: Record<WalkedProvider, { form: Record<string, string>; says: string }> = {
  stripe: { form: { card: 'pm_card_visa' }, says: 'with card 4242' },
  paypal: { form: { decision: 'approve' }, says: 'approved' },
  flutterwave: { form: { outcome: 'successful' }, says: 'paid' },
};
/** Below this Stripe takes no card payment in most currencies. */
const LEAST_MINOR = 50;

const ADDRESS = {
  full_name: 'Ada Lovelace',
  line1: '12 Water Street',
  city: 'Brooklyn',
  region: 'NY',
  postal_code: '11201',
  country: 'US',
};

/**
 * Registers, browses, buys one unit of something and waits until it is paid and written about. Every run makes a new customer and
 * a new order.
 * @throws StepFailed at the first step whose outcome is not the one promised
 */
export async function walkThroughOrder(walk: Walk): Promise<WalkedOrder> {
  const email = `ada-${randomUUID().slice(0, 8)}@example.com`;
  const shopper: Shopper = { url: walk.url, token: null };
  // With Stripe the storefront stays, and hears of it by the webhook; the others send their shopper back to it.
  const isHosted = walk.provider !== 'stripe';

  async function step<Result>(name: string, work: () => Promise<[Result, string]>): Promise<Result> {
    try {
      const [result, seen] = await work();
      walk.onStep(name, seen);
      return result;
    } catch (error) {
      throw new StepFailed(name, reasonOf(error), { cause: error });
    }
  }

  await step('Browse the generated API', async () => {
    const products = await createDirectus(walk.url)
      .with(rest())
      .request(readItems('products', { fields: ['name'], limit: 3 }));
    if (products.length === 0)
      throw new Error('No product is published. Import some, or start with the demo shop.');
    return [null, products.map((product) => String(product['name'])).join(', ')];
  });
  const choice = await step('Browse the store', async () => {
    const chosen = await choose(shopper, walk.product);
    return [
      chosen,
      `${chosen.name}, ${chosen.title || chosen.sku}: ${money(chosen.price_minor, chosen.currency)}`,
    ];
  });
  const before = await step('Look at its stock', async () => {
    const available = await availableOf(shopper, choice.variant);
    return [available, saying(available)];
  });
  await step('Register', async () => {
    const person = { email, password: `walk-${randomUUID()}`, first_name: 'Ada' };
    const session = await ask<{ access_token?: string }>(shopper, 'POST', '/store/auth/register', person);
    if (!session.access_token)
      throw new Error('This shop wants addresses to be verified first; the walk does not read that mail.');
    shopper.token = session.access_token;
    return [null, email];
  });
  const cart = await step('Start a cart', async () => {
    const { id, currency } = await ask<CartView>(shopper, 'POST', '/store/carts', {
      currency: choice.currency,
    });
    return [id, `${id}, in ${currency}`];
  });
  await step('Add to it', async () => {
    const line = { variant: choice.variant, quantity: 1 };
    const { subtotal_minor, currency } = await ask<CartView>(
      shopper,
      'POST',
      `/store/carts/${cart}/lines`,
      line,
    );
    return [null, `goods for ${money(subtotal_minor, currency)}`];
  });
  const addressed = await step('Say where to send it', async () => {
    const answer = await ask<CartView>(shopper, 'PATCH', `/store/carts/${cart}`, {
      email,
      shipping_address: ADDRESS,
    });
    return [answer, `${ADDRESS.line1}, ${ADDRESS.city} ${ADDRESS.region}`];
  });
  const quote = await step('Choose how to send it', async () => {
    if (!addressed.requires_shipping) return [addressed, 'nothing to send: it is not a thing'];
    const [method] = await ask<Method[]>(shopper, 'GET', `/store/carts/${cart}/shipping-methods`);
    if (!method)
      throw new Error(
        `No shipping method serves ${ADDRESS.country}. Add a zone and a method in the admin app.`,
      );
    const answer = await ask<CartView>(shopper, 'PATCH', `/store/carts/${cart}`, {
      shipping_method: method.id,
    });
    const price = money(method.amount_minor, method.currency);
    return [answer, `${method.name} for ${price}; in all ${money(answer.total_minor, answer.currency)}`];
  });
  const placed = await step('Place the order', async () => {
    const body = {
      expected_total_minor: quote.total_minor,
      expected_currency: quote.currency,
      payment: { provider: walk.provider, ...(isHosted && { return_url: RETURN_URL }) },
    };
    const key = { 'idempotency-key': randomUUID() };
    const answer = await ask<Placed>(shopper, 'POST', `/store/carts/${cart}/complete`, body, key);
    const { client_data, error_message } = answer.payment;
    if (!client_data)
      throw new Error(`The provider did not take the payment: ${error_message ?? 'no answer'}`);
    return [
      { order: answer.order.id, client_data },
      `${answer.order.number}, ${answer.order.status}, payment ${answer.payment.status}`,
    ];
  });
  await step('Pay on the payment page', async () => {
    const page = pageOf(walk, placed.client_data);
    const { form, says } = CHOICES[walk.provider];
    const response = await fetch(page, {
      method: 'POST',
      body: new URLSearchParams(form),
      redirect: 'manual',
    });
    const back = response.headers.get('location') ?? '';
    const isSentBack = !isHosted || back.startsWith(RETURN_URL);
    if (response.status !== 303 || !isSentBack)
      throw new Error(`${page} answered ${response.status}${back && `, to ${back}`}`);
    return [null, `${page} ${says}`];
  });
  const paid = await step(isHosted ? 'Come back to the shop' : 'Wait for the webhook', async () => {
    const answer = await until('the order was not paid', async () => {
      const path = `/store/orders/${placed.order}`;
      const seen = isHosted
        ? (await ask<Placed>(shopper, 'GET', `${path}/payment`)).order
        : await ask<OrderView>(shopper, 'GET', path);
      return seen.payment_status === 'paid' && seen;
    });
    return [
      answer,
      `${answer.number} is ${answer.payment_status}, ${money(answer.paid_minor, answer.currency)}`,
    ];
  });
  await step('Look at its stock again', async () => {
    const after = await availableOf(shopper, choice.variant);
    // Others may buy meanwhile, so there may be less than one less.
    if (before !== null && after !== null && after > before - 1)
      throw new Error(`${saying(before)} before, ${saying(after)} after`);
    return [null, `${saying(before)} before, ${saying(after)} after`];
  });
  await step('Read the mail', async () => {
    const { inbox_url } = walk;
    if (inbox_url === null) return [null, 'it went to the mail server of the settings'];
    const subjects = await until('the mail about the payment did not come', async () => {
      const mails = await ask<Mail[]>(
        { url: inbox_url, token: null },
        'GET',
        `/api/messages?to=${encodeURIComponent(email)}`,
      );
      const about = mails.filter((mail) => mail.subject.includes(paid.number)).map((mail) => mail.subject);
      return about.length >= 2 && about;
    });
    return [null, subjects.reverse().join('; ')];
  });
  return { order: placed.order, number: paid.number, total_minor: paid.total_minor, currency: paid.currency };
}

/** @throws Error where it is not the emulator's: the walk pays nobody real */
function pageOf({ provider, emulator_url }: Walk, { client_secret, redirect_url }: ClientData): string {
  const page =
    provider === 'stripe' ? `${emulator_url}/pay/${client_secret?.split('_secret_')[0]}` : redirect_url;
  if (page?.startsWith(`${emulator_url}/`)) return page;
  throw new Error(`The payment page is at ${page}, and not at the emulator ${emulator_url}`);
}

interface Method {
  id: string;
  name: string;
  amount_minor: number;
  currency: string;
}

interface ClientData {
  /** Of Stripe. */
  client_secret?: string;
  /** Of the others. */
  redirect_url?: string;
}

interface Placed {
  order: OrderView;
  payment: { status: string; client_data: ClientData | null; error_message: string | null };
}

interface Mail {
  subject: string;
}

interface Choice {
  variant: string;
  sku: string;
  title: string;
  name: string;
  price_minor: number;
  currency: string;
}

interface StoreProduct {
  slug: string;
  name: string;
  variants: {
    id: string;
    sku: string;
    title: string;
    price_minor: number;
    currency: string;
    in_stock: boolean;
  }[];
}

/** A variant one can pay for by card and that is there: of the product asked for, or the first in the list. */
async function choose(shopper: Shopper, slug: string | null): Promise<Choice> {
  for await (const product of productsOf(shopper, slug)) {
    const variant = product.variants.find((each) => each.in_stock && each.price_minor >= LEAST_MINOR);
    if (!variant) continue;
    const { id, sku, title, price_minor, currency } = variant;
    return { variant: id, sku, title, name: product.name, price_minor, currency };
  }
  throw new Error(
    slug === null
      ? 'Nothing is in stock at a price a card can pay.'
      : `No variant of ${slug} is in stock at a price a card can pay.`,
  );
}

async function* productsOf(shopper: Shopper, slug: string | null): AsyncGenerator<StoreProduct> {
  if (slug !== null) {
    yield await ask(shopper, 'GET', `/store/products/${encodeURIComponent(slug)}`);
    return;
  }
  for (let page = 1; ; page += 1) {
    const products = await ask<StoreProduct[]>(
      shopper,
      'GET',
      `/store/products?in_stock=true&limit=20&page=${page}`,
    );
    if (products.length === 0) return;
    yield* products;
  }
}

/** Null where stock is not counted. */
async function availableOf(shopper: Shopper, variant: string): Promise<number | null> {
  const [stock] = await ask<{ available: number | null }[]>(
    shopper,
    'GET',
    `/store/stock?variants=${variant}`,
  );
  if (!stock) throw new Error(`The store knows no stock of variant ${variant}`);
  return stock.available;
}

function money(amount_minor: number, currency: string): string {
  return `${formatMinor(amount_minor, currency)} ${currency}`;
}

function saying(available: number | null): string {
  return available === null ? 'not counted' : `${available} available`;
}

interface Shopper {
  url: string;
  token: string | null;
}

/** The `data` of an answer, whose shape the caller knows. @throws Error with what the shop said instead */
async function ask<Answer>(
  { url, token }: Shopper,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...headers,
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return (JSON.parse(text) as { data: Answer }).data;
}

async function until<Answer>(otherwise: string, look: () => Promise<Answer | false>): Promise<Answer> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const answer = await look();
    if (answer !== false) return answer;
    await pause(200);
  }
  throw new Error(`${otherwise} within ${PATIENCE_MS / 1000} s`);
}

/** fetch hides what went wrong in `cause`; the SDK rejects with the answer itself. */
function reasonOf(error: unknown): string {
  if (error instanceof Error)
    return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
  const { errors } = Object(error) as { errors?: { message: string }[] };
  return errors?.[0]?.message ?? String(error);
}
