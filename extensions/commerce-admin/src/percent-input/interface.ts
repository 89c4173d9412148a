import { defineInterface } from '@directus/extensions-sdk';
import PercentInput from './percent-input.vue';

export default defineInterface({
  id: 'percent-input',
  name: 'Percentage',
  description: 'Parts per million, edited as a percentage',
  icon: 'percent',
  component: PercentInput,
  types: ['integer', 'bigInteger'],
  group: 'standard',
  recommendedDisplays: ['percent-display'],
  options: null,
});
