import { defineInterface } from '@directus/extensions-sdk';
import MoneyInput from './money-input.vue';

export default defineInterface({
  id: 'money-input',
  name: 'Money',
  description: 'An amount in minor units, edited as a decimal of its currency',
  icon: 'payments',
  component: MoneyInput,
  types: ['integer', 'bigInteger'],
  group: 'standard',
  recommendedDisplays: ['money-display'],
  options: [
    {
      field: 'currencyField',
      name: 'Currency field',
      type: 'string',
      meta: {
        width: 'full',
        interface: 'input',
        note: 'Field that holds the ISO 4217 code, a path such as `order.currency` included. Empty: `currency` of the row or of its order, else the shop’s.',
        options: { placeholder: 'currency', font: 'monospace' },
      },
    },
  ],
});
