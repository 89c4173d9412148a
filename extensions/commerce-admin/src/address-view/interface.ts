import { defineInterface } from '@directus/extensions-sdk';
import AddressView from './address-view.vue';

export default defineInterface({
  id: 'address-view',
  name: 'Postal address',
  description: 'An address as it stands on a parcel, to read and copy',
  icon: 'home_pin',
  component: AddressView,
  types: ['json'],
  group: 'other',
  recommendedDisplays: ['address-line'],
  options: null,
});
