import { defineInterface } from '@directus/extensions-sdk';
import OrderTimeline from './order-timeline.vue';

export default defineInterface({
  id: 'order-timeline',
  name: 'Order timeline',
  description: 'What happened to an order, newest first',
  icon: 'timeline',
  component: OrderTimeline,
  types: ['alias'],
  localTypes: ['o2m'],
  group: 'relational',
  relational: true,
  options: null,
});
