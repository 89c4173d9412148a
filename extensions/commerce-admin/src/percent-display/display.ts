import { defineDisplay } from '@directus/extensions-sdk';
import PercentDisplay from './percent-display.vue';

export default defineDisplay({
  id: 'percent-display',
  name: 'Percentage',
  description: 'Parts per million, written as a percentage',
  icon: 'percent',
  component: PercentDisplay,
  types: ['integer', 'bigInteger'],
  options: null,
});
