/** What an order became: authorizations, captures and refunds. */
import { minorOf } from './amounts.ts';
import type { Money } from './amounts.ts';
import { newId, now, ofOrder, refundsOf, requireOne, sum } from './books.ts';
import type { CaptureRecord, RefundRecord } from './books.ts';
import type { Call, Reference } from './call.ts';
import { refused } from './errors.ts';
import { refuseUsedInvoice } from './orders.ts';
import { refuseUnsimulated } from './validate.ts';

type CaptureRequest = { amount?: Money; invoice_id?: string; final_capture?: boolean };
type RefundRequest = { amount?: Money; custom_id?: string; invoice_id?: string; note_to_payer?: string };

export function showAuthorization(call: Call): Reference {
  return {
    type: 'authorization',
    id: requireOne(call.books.authorizations, call.path['authorization_id']).id,
  };
}

/** Takes an authorised amount or a part of it. @throws PayPalApiError */
export function captureAuthorization(call: Call): Reference {
  const authorization = requireOne(call.books.authorizations, call.path['authorization_id']);
  refuseUnsimulated(call.body, ['amount', 'invoice_id', 'final_capture', 'note_to_payer', 'soft_descriptor']);
  const { amount, invoice_id, final_capture = false } = call.body as CaptureRequest;
  if (authorization.status === 'VOIDED') throw refused('AUTHORIZATION_VOIDED');
  if (authorization.status === 'DENIED' || authorization.status === 'PENDING') {
    throw refused('AUTHORIZATION_DENIED');
  }
  if (authorization.status === 'CAPTURED') throw refused('AUTHORIZATION_ALREADY_CAPTURED');
  const taken = ofOrder(call.books.captures, authorization.order).filter(
    ({ status }) => status !== 'DECLINED',
  );
  const left = authorization.amount_minor - sum(taken);
  if (amount && amount.currency_code !== authorization.currency)
    throw refused('AUTH_CAPTURE_CURRENCY_MISMATCH');
  const asked = amount ? minorOf(amount, '/amount') : left;
  if (asked > left) throw refused('MAX_CAPTURE_AMOUNT_EXCEEDED', { field: '/amount/value' });
  const invoice = invoice_id ?? authorization.invoice_id;
  refuseUsedInvoice(call.books, authorization.order, invoice);
  const at = now();
  const capture: CaptureRecord = {
    id: newId(),
    order: authorization.order,
    authorization: authorization.id,
    status: 'COMPLETED',
    ...call.skewed(asked, authorization.currency),
    final_capture,
    custom_id: authorization.custom_id,
    invoice_id: invoice,
    create_time: at,
    update_time: at,
  };
  call.books.captures.set(capture.id, capture);
  authorization.status = final_capture || asked === left ? 'CAPTURED' : 'PARTIALLY_CAPTURED';
  authorization.update_time = at;
  const reference: Reference = { type: 'capture', id: capture.id };
  call.emit('PAYMENT.CAPTURE.COMPLETED', reference, 'A payment has been completed');
  return reference;
}

/** Gives an authorised amount up. @throws PayPalApiError */
export function voidAuthorization(call: Call): Reference {
  const authorization = requireOne(call.books.authorizations, call.path['authorization_id']);
  if (authorization.status === 'VOIDED') throw refused('PREVIOUSLY_VOIDED');
  if (authorization.status === 'CAPTURED') throw refused('PREVIOUSLY_CAPTURED');
  if (authorization.status === 'DENIED') throw refused('CANNOT_BE_VOIDED');
  authorization.status = 'VOIDED';
  authorization.update_time = now();
  const order = requireOne(call.books.orders, authorization.order);
  order.status = 'VOIDED';
  order.update_time = authorization.update_time;
  const reference: Reference = { type: 'authorization', id: authorization.id };
  call.emit('PAYMENT.AUTHORIZATION.VOIDED', reference, 'A payment authorization has been voided');
  return reference;
}

export function showCapture(call: Call): Reference {
  return { type: 'capture', id: requireOne(call.books.captures, call.path['capture_id']).id };
}

/** The shop gives back all that is left, or a part. @throws PayPalApiError */
export function refundByShop(call: Call, is_delayed: boolean): Reference {
  const capture = requireOne(call.books.captures, call.path['capture_id']);
  refuseUnsimulated(call.body, ['amount', 'custom_id', 'invoice_id', 'note_to_payer']);
  const { amount, custom_id = null, invoice_id = null, note_to_payer = null } = call.body as RefundRequest;
  if (amount && amount.currency_code !== capture.currency) throw refused('REFUND_CAPTURE_CURRENCY_MISMATCH');
  const amount_minor = amount ? minorOf(amount, '/amount') : null;
  // What a refund does not say of itself it has from its capture.
  const { id } = refundCapture(call, capture, amount_minor, is_delayed ? 'PENDING' : 'COMPLETED', {
    custom_id: custom_id ?? capture.custom_id,
    invoice_id: invoice_id ?? capture.invoice_id,
    note_to_payer,
  });
  return { type: 'refund', id };
}

/** @throws PayPalApiError when nothing was taken or the parts would add up to more */
export function refundCapture(
  call: Pick<Call, 'books' | 'emit' | 'skewed'>,
  capture: CaptureRecord,
  amount_minor: number | null,
  status: 'COMPLETED' | 'PENDING',
  texts: Pick<RefundRecord, 'custom_id' | 'invoice_id' | 'note_to_payer'>,
): RefundRecord {
  if (capture.status === 'PENDING') throw refused('PENDING_CAPTURE');
  if (capture.status === 'DECLINED') throw refused('REFUND_NOT_ALLOWED');
  const gone = refundsOf(call.books, capture.id).filter((refund) => refund.status !== 'FAILED');
  const left = capture.amount_minor - sum(gone);
  if (left <= 0) throw refused('CAPTURE_FULLY_REFUNDED');
  const asked = amount_minor ?? left;
  if (asked > left) throw refused('REFUND_AMOUNT_EXCEEDED');
  const at = now();
  const refund: RefundRecord = {
    id: newId(),
    order: capture.order,
    capture: capture.id,
    status,
    ...call.skewed(asked, capture.currency),
    ...texts,
    create_time: at,
    update_time: at,
  };
  call.books.refunds.set(refund.id, refund);
  const about: Reference = { type: 'refund', id: refund.id };
  if (status === 'PENDING') call.emit('PAYMENT.REFUND.PENDING', about, 'A refund is on its way');
  else call.emit('PAYMENT.CAPTURE.REFUNDED', about, 'A capture payment was refunded');
  return refund;
}

export function showRefund(call: Call): Reference {
  return { type: 'refund', id: requireOne(call.books.refunds, call.path['refund_id']).id };
}
