import { ORDERS_FIELD, overviewOf, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-mark-paid',
  name: 'Mark order as paid',
  icon: 'price_check',
  description: 'For payments by hand: bank transfer, cash.',
  overview: overviewOf(['orders', 'Orders']),
  options: [ORDERS_FIELD],
} satisfies OperationForm;
