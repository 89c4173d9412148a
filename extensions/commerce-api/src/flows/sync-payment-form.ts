import { ORDERS_FIELD, overviewOf, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-sync-payment',
  name: 'Ask the provider',
  icon: 'sync',
  description: 'Brings the payment of an order to what its provider says now.',
  overview: overviewOf(['orders', 'Orders']),
  options: [ORDERS_FIELD],
} satisfies OperationForm;
