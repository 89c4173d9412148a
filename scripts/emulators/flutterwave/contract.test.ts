import { expect, test } from 'vitest';
import { findObjectMistake, findOperation, findRequestMistake, samples } from './contract.ts';

test.each([
  ['POST /payments response', 'payment_response'],
  ['GET /transactions/288200108/verify response', 'transaction_response'],
  ['POST /transactions/5708/refund response', 'refund_response'],
  ['GET /refunds response', 'refunds_response'],
  ['webhook_v3 charge.completed', 'webhook_v3'],
])('the documented sample of %s keeps the contract', (sample, schema) => {
  expect(samples[sample]).toBeDefined();
  expect(findObjectMistake(schema, samples[sample])).toBeNull();
});

test('an answer without what its schema requires is found out', () => {
  expect(
    findObjectMistake('transaction_response', { status: 'success', message: '', data: { id: 1 } }),
  ).toContain('tx_ref');
});

test('an address is found with its number, and none that is no number', () => {
  expect(findOperation('GET', '/v3/transactions/42/verify')).toMatchObject({
    operation: { name: 'GET /transactions/{id}/verify' },
    id: 42,
  });
  expect(findOperation('GET', '/v3/transactions/order-1/verify')).toBeUndefined();
  expect(findOperation('POST', '/v3/refunds')).toBeUndefined();
});

test('a query that misses a name, or has an unknown one, is refused', () => {
  const { operation } = findOperation('GET', '/v3/transactions/verify_by_reference')!;
  expect(findRequestMistake(operation, {}, undefined)).toContain('tx_ref');
  expect(findRequestMistake(operation, { tx_ref: 'a', ref: 'b' }, undefined)).toContain('additional');
  expect(findRequestMistake(operation, { tx_ref: 'a' }, undefined)).toBeNull();
});
