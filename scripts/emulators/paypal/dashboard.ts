/** What the merchant does at PayPal without the shop, and what PayPal and the banks decide by themselves. */
import { now, ofOrder } from './books.ts';
import type { Call } from './call.ts';
import { refundCapture } from './payments.ts';

export type Scene = Pick<Call, 'books' | 'emit' | 'skewed'>;

/** The books hold no such thing, or it is past being decided. */
export class NothingToDo extends Error {}

/**
 * The merchant gives money back by hand: the shop's id is not on it, but that of the capture, as PayPal copies it.
 * @param id a capture, or an order with one
 * @param amount_minor null for all that is left
 * @returns the refund's id
 * @throws NothingToDo; PayPalApiError for more than is left
 */
export function refundByHand(scene: Scene, id: string, amount_minor: number | null): string {
  const { books } = scene;
  const capture = books.captures.get(id) ?? ofOrder(books.captures, id)[0];
  if (!capture) throw new NothingToDo(`Nothing was captured under ${id}.`);
  const { custom_id, invoice_id } = capture;
  const texts = { custom_id, invoice_id, note_to_payer: null };
  return refundCapture(scene, capture, amount_minor, 'COMPLETED', texts).id;
}

/** Ends the review of what was held. @throws NothingToDo when the order has nothing that is */
export function settleReview({ books, emit }: Scene, order: string, verdict: 'completes' | 'denied'): void {
  const is_good = verdict === 'completes';
  const capture = ofOrder(books.captures, order).find(({ status }) => status === 'PENDING');
  if (capture) {
    capture.status = is_good ? 'COMPLETED' : 'DECLINED';
    capture.update_time = now();
    const type = is_good ? 'PAYMENT.CAPTURE.COMPLETED' : 'PAYMENT.CAPTURE.DENIED';
    emit(
      type,
      { type: 'capture', id: capture.id },
      is_good ? 'A payment has been completed' : 'A payment was denied',
    );
    return;
  }
  const authorization = ofOrder(books.authorizations, order).find(({ status }) => status === 'PENDING');
  if (!authorization) throw new NothingToDo(`Nothing is held for review under ${order}.`);
  authorization.status = is_good ? 'CREATED' : 'DENIED';
  authorization.update_time = now();
  const type = is_good ? 'PAYMENT.AUTHORIZATION.CREATED' : 'PAYMENT.AUTHORIZATION.VOIDED';
  emit(type, { type: 'authorization', id: authorization.id }, 'A review has ended');
}

/** A refund on its way arrives, or a bank sends it back even after that. @throws NothingToDo */
export function settleRefund({ books, emit }: Scene, id: string, verdict: 'completes' | 'fails'): void {
  const refund = books.refunds.get(id);
  if (!refund || refund.status === 'FAILED' || (verdict === 'completes' && refund.status !== 'PENDING')) {
    throw new NothingToDo(`There is no refund ${id} that could be settled.`);
  }
  refund.status = verdict === 'completes' ? 'COMPLETED' : 'FAILED';
  refund.update_time = now();
  const type = verdict === 'completes' ? 'PAYMENT.CAPTURE.REFUNDED' : 'PAYMENT.REFUND.FAILED';
  emit(
    type,
    { type: 'refund', id },
    verdict === 'completes' ? 'A capture payment was refunded' : 'A refund failed',
  );
}
