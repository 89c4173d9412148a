import { ORDERS_FIELD, overviewOf, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-accept-order',
  name: 'Accept order',
  icon: 'assignment_turned_in',
  description: 'Lets an order be sent whose money is promised: cash on delivery, an authorised card.',
  overview: overviewOf(['orders', 'Orders']),
  options: [ORDERS_FIELD],
} satisfies OperationForm;
