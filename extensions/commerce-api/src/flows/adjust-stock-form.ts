import { choiceField, overviewOf, textField, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-adjust-stock',
  name: 'Adjust stock',
  icon: 'inventory_2',
  description: 'Books goods that came or went, with a row in the ledger.',
  overview: overviewOf(['delta', 'Units'], ['direction', 'Direction'], ['reason', 'Reason']),
  options: [
    textField('variants', 'Variants', 'Keys of variants.', '{{$trigger.body.keys}}'),
    textField('delta', 'Units', 'A whole number.', '{{$trigger.body.quantity}}'),
    choiceField('direction', 'Direction', [
      ['in', 'They came'],
      ['out', 'They went'],
    ]),
    choiceField('reason', 'Reason', [
      ['adjustment', 'Adjustment'],
      ['received', 'Received'],
      ['sold_elsewhere', 'Sold elsewhere'],
      ['damaged', 'Damaged'],
      ['lost', 'Lost'],
      ['found', 'Found'],
    ]),
    textField('location', 'Location', 'Key of a location; empty: the first by priority.'),
    textField('note', 'Note', 'Kept in the ledger.', '{{$trigger.body.note}}'),
  ],
} satisfies OperationForm;
