import { defineInterface } from '@directus/extensions-sdk';
import TiersInput from './tiers-input.vue';

export default defineInterface({
  id: 'tiers-input',
  name: 'Tiers',
  description: 'From so much on, so much: amounts, percentages, grams or units',
  icon: 'stairs',
  component: TiersInput,
  types: ['json'],
  group: 'standard',
  options: [
    {
      field: 'basisField',
      name: 'Field that says what reaches a tier',
      type: 'string',
      meta: { width: 'half', interface: 'input', options: { font: 'monospace' } },
    },
    {
      field: 'moneyBasis',
      name: 'Its value for money',
      type: 'string',
      meta: { width: 'half', interface: 'input', options: { font: 'monospace' } },
    },
    {
      field: 'unit',
      name: 'What else reaches it',
      type: 'string',
      meta: { width: 'half', interface: 'input', options: { placeholder: 'units' } },
    },
    {
      field: 'percent',
      name: 'Percentages too',
      type: 'boolean',
      meta: { width: 'half', interface: 'boolean' },
      schema: { default_value: false },
    },
  ],
});
