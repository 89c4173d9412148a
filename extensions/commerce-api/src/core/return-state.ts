/** The states of a return as data: for each state and event the next state, or why it is refused. */

export const RETURN_STATUSES = ['requested', 'approved', 'received', 'refunded', 'rejected'] as const;
export type ReturnStatus = (typeof RETURN_STATUSES)[number];

/**
 * `approved` and `rejected`: staff answered the request. `received`: the goods are back; staff may record that without an
 * approval, for parcels that come unannounced. `refunded`: their money went back.
 */
export const RETURN_EVENTS = ['approved', 'rejected', 'received', 'refunded'] as const;
export type ReturnEvent = (typeof RETURN_EVENTS)[number];

export type ReturnRefusal =
  | 'not_received'
  | 'already_approved'
  | 'already_received'
  | 'already_refunded'
  | 'already_rejected';

type Outcome = ReturnStatus | { refused: ReturnRefusal };
const refused = (reason: ReturnRefusal): Outcome => ({ refused: reason });

const RETURN_TRANSITIONS: Record<ReturnStatus, Record<ReturnEvent, Outcome>> = {
  requested: {
    approved: 'approved',
    rejected: 'rejected',
    received: 'received',
    refunded: refused('not_received'),
  },
  approved: {
    approved: refused('already_approved'),
    rejected: refused('already_approved'),
    received: 'received',
    refunded: refused('not_received'),
  },
  received: {
    approved: refused('already_received'),
    rejected: refused('already_received'),
    received: refused('already_received'),
    refunded: 'refunded',
  },
  refunded: {
    approved: refused('already_refunded'),
    rejected: refused('already_refunded'),
    received: refused('already_refunded'),
    refunded: refused('already_refunded'),
  },
  rejected: {
    approved: refused('already_rejected'),
    rejected: refused('already_rejected'),
    received: refused('already_rejected'),
    refunded: refused('already_rejected'),
  },
};

/** The next state, or null when the event is refused in this one. */
export function returnTransition(status: ReturnStatus, event: ReturnEvent): ReturnStatus | null {
  const outcome = RETURN_TRANSITIONS[status][event];
  return typeof outcome === 'string' ? outcome : null;
}

/** Why the event is refused, or null when it is not. */
export function returnRefusal(status: ReturnStatus, event: ReturnEvent): ReturnRefusal | null {
  const outcome = RETURN_TRANSITIONS[status][event];
  return typeof outcome === 'string' ? null : outcome.refused;
}
