import { z } from 'zod';
import { reportLowStock } from '../inventory/report-low-stock.ts';
import { flowOperation } from './flow-operation.ts';

/** Tells staff of everything that runs low: the morning's list, beside the alert each level gives once. */
export default flowOperation({
  id: 'kontor-low-stock',
  access: 'staff',
  options: z.object({}),
  run: (shop) => reportLowStock(shop),
});
