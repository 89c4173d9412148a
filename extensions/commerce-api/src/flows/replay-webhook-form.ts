import { overviewOf, textField, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-replay-webhook',
  name: 'Process webhook again',
  icon: 'replay',
  description: 'Reads what a payment provider told the shop once more. Safe to repeat.',
  overview: overviewOf(['webhook_events', 'Webhooks']),
  options: [textField('webhook_events', 'Webhooks', 'Keys of webhooks.', '{{$trigger.body.keys}}')],
} satisfies OperationForm;
