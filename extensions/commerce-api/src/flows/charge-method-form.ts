import { ORDERS_FIELD, overviewOf, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-charge-method',
  name: 'Charge kept card',
  icon: 'add_card',
  description: 'Charges the customer’s default method for what an order still costs.',
  overview: overviewOf(['orders', 'Orders']),
  options: [ORDERS_FIELD],
} satisfies OperationForm;
