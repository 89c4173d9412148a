/** An order's events as a timeline shows them. */

export interface OrderEvent {
  id: number | string;
  kind: string;
  message: string | null;
  /** What the kind keeps of its facts; of `flagged`, the `code` of why. */
  data?: { code?: unknown } | null;
  actor_kind: string;
  actor: { first_name: string | null; last_name: string | null } | null;
  created_at: string;
}

export type Tone = 'good' | 'bad' | 'plain';

export interface Entry {
  id: number | string;
  icon: string;
  tone: Tone;
  title: string;
  /** Null where it would repeat the title. */
  message: string | null;
  who: string;
  when: string;
}

const LOOKS: readonly (readonly [pattern: RegExp, icon: string, tone: Tone])[] = [
  [/^placed$/, 'shopping_cart_checkout', 'plain'],
  [/^attention_resolved$/, 'done_all', 'good'],
  [/flagged|attention|mismatch/, 'priority_high', 'bad'],
  [/^dispute_won$/, 'gavel', 'good'],
  [/^dispute_(under_review|closed)$/, 'gavel', 'plain'],
  [/^dispute/, 'gavel', 'bad'],
  [/^return_rejected$/, 'assignment_late', 'bad'],
  [/failed|error|rejected/, 'error', 'bad'],
  [/^return/, 'assignment_return', 'plain'],
  [/refund/, 'undo', 'plain'],
  [/cancel/, 'cancel', 'bad'],
  [/expired/, 'timer_off', 'bad'],
  [/^partly_paid$/, 'hourglass_bottom', 'plain'],
  [/^difference_asked$/, 'request_quote', 'plain'],
  [/^settled$/, 'balance', 'plain'],
  [/^capture_requested$/, 'credit_score', 'plain'],
  [/authorised/, 'credit_score', 'good'],
  [/^accepted$/, 'assignment_turned_in', 'good'],
  [/paid|captured/, 'paid', 'good'],
  [/revived/, 'restore', 'good'],
  [/edited/, 'edit_note', 'plain'],
  [/gift_card/, 'redeem', 'good'],
  [/delivered|handed_over/, 'task_alt', 'good'],
  [/^(un)?packed$/, 'package_2', 'plain'],
  [/tracking/, 'pin_drop', 'plain'],
  [/restock/, 'inventory_2', 'plain'],
  [/ship|fulfil/, 'local_shipping', 'good'],
  [/payment/, 'credit_card', 'plain'],
  [/mail|message|note/, 'mail', 'plain'],
];

/** Where the words of the kind are not what a shop would say. */
const TITLES: Readonly<Record<string, string>> = {
  flagged: 'Needs attention',
  difference_asked: 'Difference to be paid',
  revived: 'Open again',
  mail_resent: 'Mail sent again',
  settled: 'Open money settled',
  attention_resolved: 'Dealt with',
  dispute_opened: 'Disputed by the bank',
  dispute_open: 'Dispute to be answered',
  payment_requires_action: 'Payment to be confirmed',
  capture_requested: 'Promised money asked for',
};

const ACTORS: Readonly<Record<string, string>> = {
  system: 'Kontor',
  customer: 'Customer',
  staff: 'Staff',
  provider: 'Payment provider',
};

/** Kinds nobody listed still read well: the words of the kind, and a plain dot. */
export function asEntry(event: OrderEvent, language: string): Entry {
  const [, icon, tone] = LOOKS.find(([pattern]) => pattern.test(event.kind)) ?? [
    null,
    'circle',
    'plain' as const,
  ];
  const title = titleOf(event);
  const name = [event.actor?.first_name, event.actor?.last_name].filter(Boolean).join(' ');
  return {
    id: event.id,
    icon,
    tone,
    title,
    message: event.message && event.message !== title ? event.message : null,
    who: name || (ACTORS[event.actor_kind] ?? event.actor_kind),
    when: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(
      new Date(event.created_at),
    ),
  };
}

/** A flag says at once what it is about. */
function titleOf({ kind, data }: OrderEvent): string {
  const title = TITLES[kind] ?? sentenceOf(kind);
  return kind === 'flagged' && typeof data?.code === 'string'
    ? `${title}: ${data.code.replaceAll('_', ' ')}`
    : title;
}

function sentenceOf(kind: string): string {
  const words = kind.replaceAll(/[_.-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
