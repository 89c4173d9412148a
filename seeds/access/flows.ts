/**
 * Buttons and clockwork a merchant finds in the admin app and may change: each is an ordinary flow with one operation of ours.
 * A manual flow is a button beside the item and above a list; its fields are the form it asks for.
 */

export interface Flow {
  /** Part of its fixed id, and never used again for another. */
  number: number;
  name: string;
  icon: string;
  color: string;
  description: string;
  status: 'active' | 'inactive';
  trigger: 'manual' | 'schedule';
  options: Record<string, unknown>;
  operation: { type: string; options: Record<string, unknown> };
}

const SELECTED = '{{$trigger.body.keys}}';

export const flows: readonly Flow[] = [
  button(1, 'orders', 'Ship order', 'local_shipping', {
    description: 'Everything that is still open leaves in one parcel, and the shopper gets a mail.',
    ask: 'Ship what is still open?',
    fields: [
      text('carrier', 'Carrier'),
      text('tracking_number', 'Tracking number'),
      text('tracking_url', 'Tracking link', 'full'),
    ],
    operation: {
      type: 'kontor-ship-order',
      options: { orders: SELECTED, ...fromForm('carrier', 'tracking_number', 'tracking_url') },
    },
  }),
  button(2, 'orders', 'Refund order', 'currency_exchange', {
    description: 'Gives money back to where it came from, or as store credit.',
    ask: 'Give money back?',
    fields: [
      { ...text('amount', 'Amount'), note: 'As in 12.50. Empty: all of it.' },
      choice('to', 'To', [
        ['original', 'Where it came from'],
        ['store_credit', 'Store credit'],
      ]),
      choice('restock', 'Goods', [
        ['false', 'Stay with the shopper'],
        ['true', 'Go back to stock'],
      ]),
      text('reason', 'Reason'),
    ],
    operation: {
      type: 'kontor-refund-order',
      options: { orders: SELECTED, ...fromForm('amount', 'to', 'restock', 'reason') },
    },
  }),
  button(3, 'orders', 'Cancel order', 'cancel', {
    description: 'Gives stock and money back, as long as nothing was shipped.',
    ask: 'Cancel, and give back what was paid?',
    fields: [text('reason', 'Reason', 'full')],
    operation: { type: 'kontor-cancel-order', options: { orders: SELECTED, ...fromForm('reason') } },
  }),
  button(4, 'orders', 'Mark as paid', 'price_check', {
    description: 'The money of a payment by hand has come: bank transfer, cash.',
    ask: 'Has the money come?',
    fields: [],
    operation: { type: 'kontor-mark-paid', options: { orders: SELECTED } },
  }),
  button(5, 'orders', 'Send mail again', 'forward_to_inbox', {
    description: 'Writes to the shopper once more, about the order as it is now.',
    ask: 'Which mail?',
    fields: [
      choice('template', 'Mail', [
        ['order-placed', 'Order placed'],
        ['order-paid', 'Order paid'],
        ['order-shipped', 'Order shipped'],
        ['order-delivered', 'Order delivered'],
        ['order-cancelled', 'Order cancelled'],
      ]),
    ],
    operation: { type: 'kontor-resend-mail', options: { orders: SELECTED, ...fromForm('template') } },
  }),
  button(6, 'product_variants', 'Sold elsewhere', 'point_of_sale', {
    description: 'Takes what was sold at the counter or on a market place out of stock.',
    ask: 'How many were sold?',
    fields: [number('quantity', 'Units'), text('note', 'Where')],
    operation: {
      type: 'kontor-adjust-stock',
      options: {
        variants: SELECTED,
        delta: '{{$trigger.body.quantity}}',
        direction: 'out',
        reason: 'sold_elsewhere',
        ...fromForm('note'),
      },
    },
  }),
  button(7, 'product_variants', 'Restock', 'inventory_2', {
    description: 'Books a delivery into stock.',
    ask: 'How many came?',
    fields: [number('quantity', 'Units'), text('note', 'From whom')],
    operation: {
      type: 'kontor-adjust-stock',
      options: {
        variants: SELECTED,
        delta: '{{$trigger.body.quantity}}',
        direction: 'in',
        reason: 'received',
        ...fromForm('note'),
      },
    },
  }),
  {
    number: 8,
    name: 'Low-stock notice',
    icon: 'production_quantity_limits',
    color: '#FFA439',
    description: 'Every morning, one mail with all that is at or below its low-stock mark.',
    status: 'active',
    trigger: 'schedule',
    options: { cron: '0 7 * * *' },
    operation: { type: 'kontor-low-stock', options: {} },
  },
  button(9, 'orders', 'Accept order', 'assignment_turned_in', {
    description: 'Lets an order be sent whose money is promised: cash on delivery, an authorised card.',
    ask: 'Send it before its money comes?',
    fields: [],
    operation: { type: 'kontor-accept-order', options: { orders: SELECTED } },
  }),
  button(10, 'orders', 'Capture payment', 'credit_score', {
    description: 'Takes the money that was promised at checkout. What is left of the promise is given up.',
    ask: 'Take the promised money?',
    fields: [
      { ...text('amount', 'Amount', 'full'), note: 'As in 12.50. Empty: what the order still needs.' },
    ],
    operation: { type: 'kontor-capture-payment', options: { orders: SELECTED, ...fromForm('amount') } },
  }),
  button(11, 'orders', 'Settle payment', 'balance', {
    description: 'For an order of which another amount came than was asked for: keeps it, or gives it back.',
    ask: 'Another amount came than was asked for. What happens with it?',
    fields: [
      decision('action', 'What came', [
        ['accept', 'Is accepted'],
        ['refund', 'Goes back'],
      ]),
    ],
    operation: { type: 'kontor-settle-payment', options: { orders: SELECTED, ...fromForm('action') } },
  }),
  button(12, 'orders', 'Mark as dealt with', 'done_all', {
    description: 'Takes the order off the list of those that need attention.',
    ask: 'Is everything done that was to do?',
    fields: [{ ...text('note', 'Note', 'full'), note: 'For the timeline.' }],
    operation: { type: 'kontor-resolve-attention', options: { orders: SELECTED, ...fromForm('note') } },
  }),
  button(13, 'orders', 'Ask the provider', 'sync', {
    description: 'Brings the payment to what its provider says now.',
    ask: 'Ask the payment provider what became of the money?',
    fields: [],
    operation: { type: 'kontor-sync-payment', options: { orders: SELECTED } },
  }),
  button(14, 'orders', 'Charge kept card', 'add_card', {
    description: 'Charges the customer’s default method for what the order still costs.',
    ask: 'Charge the customer’s default method? The timeline tells whether the bank agreed.',
    fields: [],
    operation: { type: 'kontor-charge-method', options: { orders: SELECTED } },
  }),
  button(15, 'webhook_events', 'Process again', 'replay', {
    description: 'Reads what the provider told the shop once more.',
    ask: 'Process it again? It changes nothing that is already known.',
    fields: [],
    operation: { type: 'kontor-replay-webhook', options: { webhook_events: SELECTED } },
  }),
  button(16, 'refunds', 'Refund: what became of it?', 'fact_check', {
    description: 'For a refund whose outcome is unknown, after a look into the provider’s dashboard.',
    ask: 'What does the provider’s dashboard say?',
    fields: [
      decision('outcome', 'The money', [
        ['given_back', 'Went back'],
        ['not_given_back', 'Did not go back: the refund has failed'],
        ['ask_again', 'Did not go back: ask the provider once more'],
      ]),
    ],
    operation: { type: 'kontor-resolve-refund', options: { refunds: SELECTED, ...fromForm('outcome') } },
  }),
];

interface Button {
  description: string;
  ask: string;
  fields: FormField[];
  operation: Flow['operation'];
}

function button(number: number, collection: string, name: string, icon: string, what: Button): Flow {
  return {
    number,
    name,
    icon,
    color: '#3399FF',
    description: what.description,
    status: 'active',
    trigger: 'manual',
    options: {
      collections: [collection],
      location: 'both',
      requireSelection: true,
      requireConfirmation: true,
      confirmationDescription: what.ask,
      fields: what.fields.map(({ field, name: label, type, width, note, required, ...meta }) => ({
        field,
        name: label,
        type,
        meta: { ...meta, width, note, required },
      })),
      // The button says what went wrong rather than that it ran.
      error_on_reject: true,
    },
    operation: what.operation,
  };
}

interface FormField {
  field: string;
  name: string;
  type: 'string' | 'integer';
  interface: string;
  width: 'half' | 'full';
  note?: string;
  required?: boolean;
  options?: Record<string, unknown>;
}

function text(field: string, name: string, width: FormField['width'] = 'half'): FormField {
  return { field, name, type: 'string', interface: 'input', width };
}

function number(field: string, name: string): FormField {
  return {
    field,
    name,
    type: 'integer',
    interface: 'input',
    width: 'half',
    required: true,
    options: { min: 1, step: 1 },
  };
}

/** The first choice is what holds when nothing is chosen. */
function choice(field: string, name: string, choices: [value: string, text: string][]): FormField {
  return {
    field,
    name,
    type: 'string',
    interface: 'select-dropdown',
    width: 'half',
    options: {
      placeholder: choices[0]?.[1],
      choices: choices.map(([value, label]) => ({ value, text: label })),
    },
  };
}

/** Has to be made: nothing is chosen for them, and without it the button cannot be pressed. */
function decision(field: string, name: string, choices: [value: string, text: string][]): FormField {
  const { options, ...asked } = choice(field, name, choices);
  return { ...asked, width: 'full', required: true, options: { ...options, placeholder: 'Choose' } };
}

function fromForm(...fields: string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, `{{$trigger.body.${field}}}`]));
}
