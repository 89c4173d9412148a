import { ORDERS_FIELD, overviewOf, textField, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-resolve-attention',
  name: 'Mark order as dealt with',
  icon: 'done_all',
  description: 'Takes orders off the list of those that need attention.',
  overview: overviewOf(['note', 'Note']),
  options: [ORDERS_FIELD, textField('note', 'Note', 'For the timeline.', '{{$trigger.body.note}}')],
} satisfies OperationForm;
