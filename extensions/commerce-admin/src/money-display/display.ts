import { defineDisplay } from '@directus/extensions-sdk';
import MoneyDisplay from './money-display.vue';

export default defineDisplay({
  id: 'money-display',
  name: 'Money',
  description: 'An amount in minor units, written in the reader’s language',
  icon: 'payments',
  component: MoneyDisplay,
  types: ['integer', 'bigInteger'],
  options: [
    {
      field: 'currencyField',
      name: 'Currency field',
      type: 'string',
      meta: {
        width: 'half',
        interface: 'input',
        note: 'Empty: `currency` of the row or of its order, else the shop’s.',
        options: { placeholder: 'currency', font: 'monospace' },
      },
    },
    {
      field: 'bold',
      name: 'Bold',
      type: 'boolean',
      meta: { width: 'half', interface: 'boolean' },
      schema: { default_value: false },
    },
  ],
});
