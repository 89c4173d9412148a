import { ORDERS_FIELD, overviewOf, textField, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-capture-payment',
  name: 'Capture payment',
  icon: 'credit_score',
  description: 'Takes the money that was promised at checkout, or a part of it.',
  overview: overviewOf(['amount', 'Amount']),
  options: [
    ORDERS_FIELD,
    textField(
      'amount',
      'Amount',
      'As people write it, 12.50; empty: what the order still needs.',
      '{{$trigger.body.amount}}',
    ),
  ],
} satisfies OperationForm;
