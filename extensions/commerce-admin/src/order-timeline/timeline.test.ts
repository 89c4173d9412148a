import { expect, test } from 'vitest';
import { asEntry, type OrderEvent } from './timeline.ts';

const EVENT: OrderEvent = {
  id: 1,
  kind: 'placed',
  message: null,
  actor_kind: 'customer',
  actor: null,
  created_at: '2026-03-01T10:00:00Z',
};

test('an event says what happened, who did it and when', () => {
  const entry = asEntry({ ...EVENT, message: 'Order placed with card' }, 'en-GB');
  expect(entry).toMatchObject({
    title: 'Placed',
    message: 'Order placed with card',
    who: 'Customer',
    tone: 'plain',
  });
  expect(entry.when).toContain('1 Mar 2026');
});

test.each([
  ['paid', 'paid', 'good'],
  ['payment_failed', 'error', 'bad'],
  ['partly_refunded', 'undo', 'plain'],
  ['shipped', 'local_shipping', 'good'],
  ['expired', 'timer_off', 'bad'],
  ['flagged', 'priority_high', 'bad'],
  ['return_requested', 'assignment_return', 'plain'],
  ['return_rejected', 'assignment_late', 'bad'],
  ['return_refunded', 'assignment_return', 'plain'],
  ['refund_failed', 'error', 'bad'],
  ['partly_paid', 'hourglass_bottom', 'plain'],
  ['difference_asked', 'request_quote', 'plain'],
  ['edited', 'edit_note', 'plain'],
  ['gift_cards_issued', 'redeem', 'good'],
  ['handed_over', 'task_alt', 'good'],
  ['unpacked', 'package_2', 'plain'],
  ['tracking_changed', 'pin_drop', 'plain'],
  ['restocked', 'inventory_2', 'plain'],
  ['revived', 'restore', 'good'],
  ['payment_switched', 'credit_card', 'plain'],
  ['mail_resent', 'mail', 'plain'],
  ['accepted', 'assignment_turned_in', 'good'],
  ['payment_authorised', 'credit_score', 'good'],
  ['payment_requires_action', 'credit_card', 'plain'],
  ['payment_processing', 'credit_card', 'plain'],
  ['payment_cancelled', 'cancel', 'bad'],
  ['capture_requested', 'credit_score', 'plain'],
  ['settled', 'balance', 'plain'],
  ['attention_resolved', 'done_all', 'good'],
  ['dispute_opened', 'gavel', 'bad'],
  ['dispute_open', 'gavel', 'bad'],
  ['dispute_under_review', 'gavel', 'plain'],
  ['dispute_won', 'gavel', 'good'],
  ['dispute_lost', 'gavel', 'bad'],
  ['dispute_closed', 'gavel', 'plain'],
])('%s has the icon %s and is %s news', (kind, icon, tone) => {
  expect(asEntry({ ...EVENT, kind }, 'en-GB')).toMatchObject({ icon, tone });
});

test('a kind whose words a shop would not use has others', () => {
  expect(asEntry({ ...EVENT, kind: 'difference_asked' }, 'en-GB').title).toBe('Difference to be paid');
});

test('a flag says what it is about, as far as it knows', () => {
  const flagged = { ...EVENT, kind: 'flagged' };
  expect(asEntry({ ...flagged, data: { code: 'paid_twice' } }, 'en-GB').title).toBe(
    'Needs attention: paid twice',
  );
  for (const data of [undefined, null, {}])
    expect(asEntry({ ...flagged, data }, 'en-GB').title).toBe('Needs attention');
});

test('a kind that somebody adds later still reads well', () => {
  expect(asEntry({ ...EVENT, kind: 'gift_wrapped' }, 'en-GB')).toMatchObject({
    title: 'Gift wrapped',
    icon: 'circle',
    tone: 'plain',
  });
});

test('a colleague is named, a machine is called by its part', () => {
  const actor = { first_name: 'Ann', last_name: null };
  expect(asEntry({ ...EVENT, actor_kind: 'staff', actor }, 'en-GB').who).toBe('Ann');
  expect(asEntry({ ...EVENT, actor_kind: 'provider' }, 'en-GB').who).toBe('Payment provider');
});

test('a message that only repeats the title is not shown twice', () => {
  expect(asEntry({ ...EVENT, message: 'Placed' }, 'en-GB').message).toBeNull();
});
