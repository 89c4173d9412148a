import { choiceField, ORDERS_FIELD, overviewOf, textField, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-refund-order',
  name: 'Refund order',
  icon: 'currency_exchange',
  description: 'Gives money back to where it came from, or as store credit.',
  overview: overviewOf(['amount', 'Amount'], ['to', 'To']),
  options: [
    ORDERS_FIELD,
    textField('amount', 'Amount', 'As people write it, 12.50; empty: all of it.', '{{$trigger.body.amount}}'),
    choiceField('to', 'To', [
      ['original', 'Where it came from'],
      ['store_credit', 'Store credit'],
    ]),
    choiceField('restock', 'Goods', [
      ['false', 'Stay with the shopper'],
      ['true', 'Go back to stock'],
    ]),
    textField('reason', 'Reason', 'For the timeline.', '{{$trigger.body.reason}}'),
  ],
} satisfies OperationForm;
