import { choiceField, overviewOf, textField, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-resolve-refund',
  name: 'Say what became of a refund',
  icon: 'fact_check',
  description:
    'For refunds of which the provider does not tell whether the money went back: look there first.',
  overview: overviewOf(['outcome', 'Outcome']),
  options: [
    textField('refunds', 'Refunds', 'Keys of refunds.', '{{$trigger.body.keys}}'),
    choiceField('outcome', 'Outcome', [
      ['given_back', 'The money went back'],
      ['not_given_back', 'It did not; the refund has failed'],
      ['ask_again', 'It did not; ask the provider once more'],
    ]),
  ],
} satisfies OperationForm;
