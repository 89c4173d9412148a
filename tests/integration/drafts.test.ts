/** Draft orders: what staff put together, at their own prices where they like, and what it becomes. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  changeDraft,
  createDraft,
  listDrafts,
  readDraft,
  removeDraft,
  type NewDraft,
} from '../../extensions/commerce-api/src/cart/draft-cart.ts';
import { draftRoutes } from '../../extensions/commerce-api/src/cart/draft-staff-routes.ts';
import { addToCart, readCart, readOpenCart } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { completeDraft, type DraftInput } from '../../extensions/commerce-api/src/checkout/complete-draft.ts';
import { completeCheckout } from '../../extensions/commerce-api/src/checkout/complete-checkout.ts';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { inTransaction, insertRows, row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { expectSoundBooks } from '../support/books.ts';
import { eventsOf, orderLines } from '../support/edits.ts';
import { ADDRESS, aReadyCart, aShippingMethod, aVariant, place, stockOf } from '../support/factories.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
let method: string;
let staff: { user: string; network_hash: string };
beforeAll(async () => {
  fresh = await freshShop();
  method = await aShippingMethod(fresh.shop);
  const user = await row<{ id: string }>(fresh.shop.db, 'select id from directus_users limit 1');
  staff = { user: user!.id, network_hash: 'counter' };
});
afterAll(() => fresh.stop());

async function aCustomer(): Promise<{ id: string; email: string }> {
  const id = randomUUID();
  const email = `${id}@example.com`;
  const names = { first_name: 'Ada', locale: 'en-US', accepts_marketing: false, tax_exempt: false };
  await inTransaction(fresh.shop.db, (trx) =>
    insertRows(trx, 'customers', [{ id, email, vat_id_status: 'unchecked', ...names }]),
  );
  return { id, email };
}

/** A draft with everything an order needs. */
async function aDraft(draft: NewDraft = {}) {
  const variant = await aVariant(fresh.shop);
  return createDraft(fresh.shop, {
    email: `${randomUUID()}@example.com`,
    shipping_address: ADDRESS,
    shipping_method: method,
    lines: [{ variant, quantity: 2 }],
    ...draft,
  });
}

type Draft = Awaited<ReturnType<typeof aDraft>>;

function complete({ cart, quote }: Draft, input: Partial<DraftInput> = {}, key = randomUUID() as string) {
  return completeDraft(
    fresh.shop,
    cart.id,
    { caller: staff, idempotency_key: key },
    {
      expected_total_minor: quote.total_minor,
      payment: { provider: 'manual' },
      mark_paid: false,
      ...input,
    },
  );
}

describe('a draft', () => {
  test('is put together at once, for a customer, at prices of the staff’s', async () => {
    const { shop } = fresh;
    const customer = await aCustomer();
    const [first, second] = [await aVariant(shop), await aVariant(shop)];
    const quoted = await createDraft(shop, {
      customer: customer.id,
      shipping_address: ADDRESS,
      shipping_method: method,
      note: 'Agreed on the phone',
      lines: [
        { variant: first, quantity: 2, unit_price_minor: 750 },
        { variant: second, quantity: 1 },
      ],
    });
    expect(quoted.cart).toMatchObject({
      origin: 'staff',
      customer: customer.id,
      email: customer.email,
      locale: 'en-US',
      note: 'Agreed on the phone',
    });
    expect(quoted.quote).toMatchObject({
      subtotal_minor: 2500,
      shipping_minor: 500,
      lines: [
        { unit_price_minor: 750, price_reason: 'staff' },
        { unit_price_minor: 1000, price_reason: 'base' },
      ],
    });
    expect((await readDraft(shop, quoted.cart.id)).quote).toEqual(quoted.quote);
  });

  test('whose prices and quantities leave what can be counted is refused, and a price has twelve digits', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop);
    const lines = [{ variant, quantity: 2, unit_price_minor: Number.MAX_SAFE_INTEGER }];
    await expect(createDraft(shop, { lines })).rejects.toMatchObject({
      code: 'AMOUNT_TOO_LARGE',
      status: 422,
    });
    const { cart, quote } = await aDraft();
    await expect(changeDraft(shop, cart.id, { lines })).rejects.toMatchObject({ code: 'AMOUNT_TOO_LARGE' });
    expect((await readDraft(shop, cart.id)).quote).toEqual(quote);

    const { body } = draftRoutes.find(({ method, path }) => method === 'post' && path === '/drafts')!;
    const priced = (unit_price_minor: number) =>
      body!.safeParse({ lines: [{ variant, quantity: 1, unit_price_minor }] }).success;
    expect([priced(999_999_999_999), priced(1_000_000_000_000)]).toEqual([true, false]);
  });

  test('is changed line by line and as a whole; what is not named stays', async () => {
    const { shop } = fresh;
    const draft = await aDraft({ note: 'Keep me' });
    const [line] = draft.lines;
    const other = await aVariant(shop);
    const changed = await changeDraft(shop, draft.cart.id, {
      lines: [
        { variant: other, quantity: 1 },
        { variant: line!.variant, quantity: 3, unit_price_minor: 0 },
      ],
    });
    expect(changed.lines.map(({ variant, quantity }) => [variant, quantity])).toEqual(
      expect.arrayContaining([
        [other, 1],
        [line!.variant, 3],
      ]),
    );
    expect(changed.lines.find(({ variant }) => variant === line!.variant)?.id).toBe(line!.id);
    expect(changed.quote.subtotal_minor).toBe(1000);
    expect(changed.cart).toMatchObject({ note: 'Keep me', shipping_method: method });
    const repriced = await changeDraft(shop, draft.cart.id, {
      note: null,
      lines: [{ variant: line!.variant, quantity: 1 }],
    });
    expect(repriced.quote.subtotal_minor).toBe(1000);
    expect(repriced.cart.note).toBeNull();
    const stored = await rows(
      shop.db,
      'select variant, quantity, unit_price_minor from cart_lines where cart = ?',
      [draft.cart.id],
    );
    expect(stored).toEqual([{ variant: line!.variant, quantity: 1, unit_price_minor: null }]);
  });

  test('is refused what a cart is refused, and nothing is kept of it', async () => {
    const { shop } = fresh;
    const count = () =>
      row(shop.db, `select count(*) as count, max(version) as version from carts where origin = 'staff'`);
    const draft = await aDraft();
    const before = await count();
    const [line] = draft.lines;
    const canadian = { ...ADDRESS, country: 'CA', region: 'ON' };
    for (const [change, code] of [
      [{ lines: [{ variant: line!.variant, quantity: 99 }] }, 'INSUFFICIENT_STOCK'],
      [{ lines: [{ variant: randomUUID(), quantity: 1 }] }, 'NOT_FOR_SALE'],
      [{ codes: ['NEVER-HEARD'] }, 'CODE_REFUSED'],
      [{ shipping_address: canadian, shipping_method: method }, 'SHIPPING_METHOD_UNAVAILABLE'],
    ] as const) {
      const wish = { ...change, lines: 'lines' in change ? [...change.lines] : undefined };
      const asked = { ...wish, codes: 'codes' in change ? [...change.codes] : undefined };
      await expect(changeDraft(shop, draft.cart.id, asked)).rejects.toMatchObject({ code });
      await expect(createDraft(shop, asked)).rejects.toMatchObject({ code });
    }
    await expect(createDraft(shop, { customer: randomUUID() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await count()).toEqual(before);
  });

  test('is listed with what it costs, and can be deleted', async () => {
    const { shop } = fresh;
    const draft = await aDraft();
    const { drafts, total } = await listDrafts(shop, { page: 1, limit: 1 });
    expect(drafts.map(({ cart, quote }) => [cart.id, quote.total_minor])).toEqual([[draft.cart.id, 2500]]);
    expect(total).toBeGreaterThan(0);
    await removeDraft(shop, draft.cart.id);
    await expect(readDraft(shop, draft.cart.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await listDrafts(shop, { page: 1, limit: 1 })).total).toBe(total - 1);
  });

  test('is nobody’s cart, not even its customer’s; and a shopper’s cart is no draft', async () => {
    const { shop } = fresh;
    const customer = await aCustomer();
    const draft = await aDraft({ customer: customer.id });
    const holder = { caller: { customer: customer.id }, token: undefined };
    await expect(readCart(shop, draft.cart.id, holder)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(readOpenCart(shop, holder)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const line = { variant: draft.lines[0]!.variant, quantity: 1 };
    await expect(addToCart(shop, draft.cart.id, holder, line)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const checkout = {
      caller: { customer: customer.id, network_hash: 'x' },
      token: undefined,
      idempotency_key: randomUUID(),
    };
    const input = { expected_total_minor: draft.quote.total_minor, payment: { provider: 'manual' } };
    await expect(completeCheckout(shop, draft.cart.id, checkout, input)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const theirs = await aReadyCart(shop, method, [line]);
    await expect(readDraft(shop, theirs.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(changeDraft(shop, theirs.id, { note: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(removeDraft(shop, theirs.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(complete({ ...draft, cart: { ...draft.cart, id: theirs.id } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('an order from a draft', () => {
  test('holds stock at the staff’s price, by staff, and its guest’s link opens it', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop);
    const draft = await aDraft({ lines: [{ variant, quantity: 2, unit_price_minor: 333 }] });
    const { order, payment, order_token } = await complete(draft);
    expect(order).toMatchObject({ origin: 'staff', status: 'pending', total_minor: 1166, customer: null });
    expect(payment).toMatchObject({ provider: 'manual', amount_minor: 1166 });
    expect(order_token).toMatch(/^[\w-]{43}$/);
    expect(await orderLines(shop, order.id)).toMatchObject([{ unit_price_minor: 333, subtotal_minor: 666 }]);
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 10, reserved: 2 });
    const placed = await row(
      shop.db,
      `select actor_kind, actor from order_events where "order" = ? and kind = 'placed'`,
      [order.id],
    );
    expect(placed).toEqual({ actor_kind: 'staff', actor: staff.user });
    await expect(removeDraft(shop, draft.cart.id)).rejects.toMatchObject({ code: 'CART_NOT_OPEN' });
  });

  test('is paid at once where the money is here already, however often that is said', async () => {
    const { shop } = fresh;
    const draft = await aDraft();
    const key = randomUUID();
    const first = await complete(draft, { mark_paid: true }, key);
    expect(first.order).toMatchObject({ status: 'processing', payment_status: 'paid', paid_minor: 2500 });
    const again = await complete(draft, { mark_paid: true }, key);
    expect(again.order).toMatchObject({ id: first.order.id, paid_minor: 2500 });
    expect((await eventsOf(shop, first.order.id)).filter((kind) => kind === 'paid')).toHaveLength(1);
  });

  test('cannot be marked as paid where a provider moves the money', async () => {
    const draft = await aDraft();
    await expect(complete(draft, { mark_paid: true, payment: { provider: 'stripe' } })).rejects.toMatchObject(
      {
        code: expect.stringMatching(/INVALID_PAYLOAD|PROVIDER_UNKNOWN/),
      },
    );
    expect((await readDraft(fresh.shop, draft.cart.id)).cart.status).toBe('active');
  });

  test('is not counted against the caps on unpaid orders', async () => {
    const { shop } = fresh;
    const email = `${randomUUID()}@example.com`;
    const settings = await row<{ cap: number }>(
      shop.db,
      'select max_unpaid_per_email as cap from shop_settings',
    );
    for (let index = 0; index <= settings!.cap; index += 1) {
      const { order } = await complete(await aDraft({ email }));
      expect(order.status).toBe('pending');
    }
  });

  test('asks for the total that was agreed, and for what every order needs', async () => {
    const draft = await aDraft();
    await expect(complete(draft, { expected_total_minor: 1 })).rejects.toMatchObject({
      code: 'PRICE_CHANGED',
    });
    const bare = await createDraft(fresh.shop, {
      lines: [{ variant: draft.lines[0]!.variant, quantity: 1 }],
    });
    await expect(complete(bare)).rejects.toMatchObject({ code: 'EMAIL_MISSING' });
  });

  test('gives its draft back when it is cancelled', async () => {
    const { shop } = fresh;
    const draft = await aDraft();
    const { order } = await complete(draft);
    await cancelOrder(shop, order, { actor_kind: 'staff', actor: staff.user });
    const back = await readDraft(shop, draft.cart.id);
    expect(back.cart.status).toBe('active');
    const { order: second } = await complete(back);
    expect(second.status).toBe('pending');
  });

  test('is mailed with how to pay it', async () => {
    const { shop } = fresh;
    const { order } = await complete(await aDraft());
    const jobs = await rows(
      shop.db,
      `select t.identifier from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
       where j.payload ->> 'order' = ?`,
      [order.id],
    );
    expect(jobs).toEqual([{ identifier: 'follow-order' }]);
  });
});

test('the books are sound after all of it', async () => {
  const variant = await aVariant(fresh.shop);
  await place(fresh.shop, await aReadyCart(fresh.shop, method, [{ variant, quantity: 1 }]));
  await fresh.drain();
  await expectSoundBooks(fresh.shop);
});
