import { defineDisplay } from '@directus/extensions-sdk';
import StockTotal from './stock-total.vue';

export default defineDisplay({
  id: 'stock-total',
  name: 'Stock',
  description: 'What is left to sell, over all places',
  icon: 'inventory_2',
  component: StockTotal,
  types: ['alias'],
  localTypes: ['o2m'],
  fields: ['on_hand', 'reserved'],
  options: null,
});
