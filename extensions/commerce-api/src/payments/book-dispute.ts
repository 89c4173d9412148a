/** Disputes: a shopper's bank wants money back. They are answered at the provider; here they are shown, and what they cost is counted. */
import { insertEvent, type OrderRow } from '../orders/queries.ts';
import type { Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import type { ProviderDispute } from '../providers/payment.ts';
import { disputesOfPayment, insertDispute, updateDispute } from './dispute-queries.ts';
import { eventActor, flagOrder, type BookedBy } from './flag-order.ts';
import { updatePayment, type PaymentRow } from './queries.ts';

/**
 * Lets our rows follow the provider's disputes: each step is an event of the order; a new one, and one that was lost, put the order on
 * the staff's list. What was lost counts as charged back: it cannot be refunded as well. Order and payment must be locked. May run
 * twice; a closed dispute is opened again only by the provider.
 */
export async function followDisputes(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  payment: PaymentRow,
  theirs: readonly ProviderDispute[],
  by: BookedBy,
): Promise<void> {
  if (theirs.length === 0) return;
  const ours = await disputesOfPayment(trx, payment.id);
  let flagged = order;
  for (const dispute of theirs) {
    const known = ours.find((each) => each.provider_dispute === dispute.provider_dispute);
    if (known?.status === dispute.status && known.amount_minor === dispute.amount_minor) continue;
    const isOver = dispute.status === 'won' || dispute.status === 'lost' || dispute.status === 'closed';
    const closed_at = isOver ? shop.now() : null;
    if (known) await updateDispute(trx, known.id, { ...dispute, closed_at });
    else
      await insertDispute(trx, {
        ...dispute,
        id: shop.newId(),
        order: order.id,
        payment: payment.id,
        provider: payment.provider,
        closed_at,
      });
    const { provider_dispute, amount_minor, currency, reason, status } = dispute;
    await insertEvent(trx, {
      order: order.id,
      kind: known ? `dispute_${status}` : 'dispute_opened',
      message: known ? STEPS[status] : 'The shopper’s bank disputes the payment',
      data: { payment: payment.id, dispute: provider_dispute, amount_minor, currency, reason, status },
      ...eventActor(by),
    });
    const isToAnswer = !known && (status === 'open' || status === 'under_review');
    if (isToAnswer || status === 'lost') {
      const told = status === 'lost' ? STEPS.lost : 'A dispute is to be answered at the provider';
      await flagOrder(trx, flagged, 'dispute', told, by);
      flagged = { ...flagged, needs_attention: true, attention_code: 'dispute' };
    }
  }
  const lost = theirs.filter((dispute) => dispute.status === 'lost' && dispute.currency === payment.currency);
  const lost_minor = lost.reduce((sum, dispute) => sum + dispute.amount_minor, 0);
  const charged_back_minor = Math.min(lost_minor, payment.captured_minor);
  if (charged_back_minor !== payment.charged_back_minor)
    await updatePayment(trx, payment.id, { charged_back_minor });
}

const STEPS = {
  open: 'The dispute is to be answered',
  under_review: 'The dispute is being looked at by the bank',
  won: 'The dispute was won; the money stays',
  lost: 'The dispute was lost; the bank took the money back',
  closed: 'The dispute is over; no money moved',
} as const;
