import { choiceField, ORDERS_FIELD, overviewOf, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-resend-mail',
  name: 'Send order mail again',
  icon: 'forward_to_inbox',
  description: 'Writes to the shopper once more, about the order as it is now.',
  overview: overviewOf(['template', 'Mail']),
  options: [
    ORDERS_FIELD,
    choiceField('template', 'Mail', [
      ['order-placed', 'Order placed'],
      ['order-paid', 'Order paid'],
      ['order-shipped', 'Order shipped'],
      ['order-delivered', 'Order delivered'],
      ['order-cancelled', 'Order cancelled'],
    ]),
  ],
} satisfies OperationForm;
