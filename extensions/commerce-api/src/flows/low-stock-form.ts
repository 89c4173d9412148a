import { overviewOf, type OperationForm } from './form-field.ts';

export default {
  id: 'kontor-low-stock',
  name: 'Low-stock notice',
  icon: 'production_quantity_limits',
  description: 'Mails staff the list of what is at or below its low-stock mark.',
  overview: overviewOf(),
  options: [],
} satisfies OperationForm;
