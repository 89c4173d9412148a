import { expect, test } from 'vitest';
import { compareText } from './compare-text.ts';

test('texts are ordered by code unit, so that no locale changes a result', () => {
  expect(['b', 'ä', 'B', 'a', 'b'].sort(compareText)).toEqual(['B', 'a', 'b', 'b', 'ä']);
});
