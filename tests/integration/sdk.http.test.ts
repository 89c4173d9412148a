import { createDirectus, createItem, readItems, readSingleton, rest, staticToken } from '@directus/sdk';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import type { Product, Schema } from '../../extensions/commerce-api/src/platform/schema.d.ts';
import { aVariant } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const anonymous = () => createDirectus<Schema>(server.url).with(rest());
const admin = () => anonymous().with(staticToken(server.admin_token));

describe('the SDK with the generated types', () => {
  test('reads published products with their variants, amounts as numbers', async () => {
    const variant = await aVariant(server.shop, { price_minor: 1999 });

    const products = await anonymous().request(
      readItems('products', {
        fields: ['id', 'name', 'status', 'published_at', { variants: ['id', 'sku', 'price_minor'] }],
        filter: { variants: { id: { _eq: variant } } },
      }),
    );

    expectTypeOf(products).items.toHaveProperty('name').toEqualTypeOf<string>();
    expectTypeOf(products).items.toHaveProperty('published_at').toEqualTypeOf<string | null>();
    expectTypeOf<Product['status']>().toEqualTypeOf<'draft' | 'published' | 'archived'>();
    const [product] = products;
    const price_minor: number | undefined = product?.variants?.[0]?.price_minor;
    expect(price_minor).toBe(1999);
    expect(product).toMatchObject({
      name: expect.any(String) as string,
      status: 'published',
      variants: [{ id: variant }],
    });
  });

  test('reads the settings of the shop as one item', async () => {
    const settings = await admin().request(
      readSingleton('shop_settings', { fields: ['currency', 'hold_minutes'] }),
    );
    expectTypeOf(settings).toEqualTypeOf<{ currency: string; hold_minutes: number }>();
    expect(settings).toEqual({ currency: 'USD', hold_minutes: 30 });
  });

  test('an amount is stored and answered exactly up to the largest safe integer', async () => {
    const { id: product } = await admin().request(createItem('products', { name: 'Palace', slug: 'palace' }));
    const variant = await admin().request(
      createItem('product_variants', {
        product,
        sku: 'PALACE',
        currency: 'USD',
        price_minor: Number.MAX_SAFE_INTEGER,
      }),
    );
    expect(variant.price_minor).toBe(9007199254740991);
  });

  test('unknown collections and fields do not compile', () => {
    // @ts-expect-error there is no such collection
    readItems<Schema, 'gadgets', object>('gadgets');
    // @ts-expect-error there is no such field
    anonymous().request.bind(null, readItems('products', { fields: ['colour'] }));
  });
});
