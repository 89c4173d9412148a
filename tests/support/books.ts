/** What must hold when a test file is through, whatever it did. */
import { expect } from 'vitest';
import { examine } from '../../extensions/commerce-api/src/operations/examine.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import type { StripeEmulator } from '../../scripts/emulators/stripe/server.ts';

/** Every invariant of the books holds, and they are not empty. */
export async function expectSoundBooks(shop: Shop): Promise<void> {
  const findings = await examine(shop);
  expect(findings.filter((finding) => finding.broken.length > 0)).toEqual([]);
  const orders = await row<{ count: number }>(shop.db, 'select count(*) as count from orders');
  expect(orders?.count).toBeGreaterThan(0);
}

/** What our payments captured and gave back is what the provider's books say, payment by payment; store credit is none of its. */
export async function expectBooksOf(shop: Shop, emulator: StripeEmulator): Promise<void> {
  const ours = await rows<{ id: string; captured: number; refunded: number }>(
    shop.db,
    `select provider_payment as id, captured_minor as captured, refunded_minor - coalesce((
       select sum(r.amount_minor) from refunds r
       where r.payment = payments.id and r.status = 'succeeded' and r.store_credit is not null), 0)::bigint as refunded
     from payments where provider = 'stripe' and captured_minor > 0 and amount_minor > 0 order by provider_payment`,
  );
  const { payment_intents, refunds } = emulator.ledger();
  const theirs = payment_intents
    .filter((intent) => intent.amount_received > 0)
    .map(({ id, amount_received: captured }) => {
      const back = refunds.filter((refund) => refund.payment_intent === id && refund.status === 'succeeded');
      return { id, captured, refunded: back.reduce((sum, refund) => sum + refund.amount, 0) };
    });
  expect(ours).toEqual(theirs.sort((a, b) => (a.id < b.id ? -1 : 1)));
}

/** What storefronts list is what is sold. */
export async function expectListingsOfCatalogue(shop: Shop): Promise<void> {
  const findings = await examine(shop);
  const listed = findings.find(({ name }) => name === 'listings say what the catalogue says');
  expect(listed?.broken).toEqual([]);
  expect(listed?.checked).toBeGreaterThan(0);
}
