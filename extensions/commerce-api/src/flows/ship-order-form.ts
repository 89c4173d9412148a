import { ORDERS_FIELD, overviewOf, textField, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-ship-order',
  name: 'Ship order',
  icon: 'local_shipping',
  description: 'Ships what is still open and writes to the shopper.',
  overview: overviewOf(['carrier', 'Carrier'], ['tracking_number', 'Tracking']),
  options: [
    ORDERS_FIELD,
    textField('carrier', 'Carrier', 'DHL, UPS, your own van.', '{{$trigger.body.carrier}}'),
    textField('tracking_number', 'Tracking number', '', '{{$trigger.body.tracking_number}}'),
    textField(
      'tracking_url',
      'Tracking link',
      'Where the shopper follows it.',
      '{{$trigger.body.tracking_url}}',
    ),
  ],
} satisfies OperationForm;
