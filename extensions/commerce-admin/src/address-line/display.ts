import { defineDisplay } from '@directus/extensions-sdk';
import AddressLine from './address-line.vue';

export default defineDisplay({
  id: 'address-line',
  name: 'Postal address',
  description: 'An address in one line',
  icon: 'home_pin',
  component: AddressLine,
  types: ['json'],
  options: null,
});
