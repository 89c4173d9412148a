import { ORDERS_FIELD, overviewOf, textField, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-cancel-order',
  name: 'Cancel order',
  icon: 'cancel',
  description: 'Gives stock and money back, as long as nothing was shipped.',
  overview: overviewOf(['reason', 'Reason']),
  options: [ORDERS_FIELD, textField('reason', 'Reason', 'For the timeline.', '{{$trigger.body.reason}}')],
} satisfies OperationForm;
