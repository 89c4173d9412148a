import { expect, test } from 'vitest';
import { isShipped, PRODUCT_KINDS } from './product-kind.ts';

test('goods and bundles of goods are shipped, nothing else is', () => {
  expect(PRODUCT_KINDS.filter(isShipped)).toEqual(['physical', 'bundle']);
});
