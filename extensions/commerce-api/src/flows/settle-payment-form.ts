import { choiceField, ORDERS_FIELD, overviewOf, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-settle-payment',
  name: 'Settle payment',
  icon: 'balance',
  description: 'For orders of which another amount came than was asked for: keeps it, or gives it back.',
  overview: overviewOf(['action', 'What is done']),
  options: [
    ORDERS_FIELD,
    choiceField('action', 'What is done', [
      ['accept', 'Accept what came'],
      ['refund', 'Give it back'],
    ]),
  ],
} satisfies OperationForm;
