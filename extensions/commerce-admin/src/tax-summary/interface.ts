import { defineInterface } from '@directus/extensions-sdk';
import TaxSummary from './tax-summary.vue';

export default defineInterface({
  id: 'tax-summary',
  name: 'Tax summary',
  description: 'Taxable amount and tax for each rate, in the currency of the row',
  icon: 'percent',
  component: TaxSummary,
  types: ['json'],
  group: 'other',
  options: null,
});
