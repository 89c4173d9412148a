/** What each surface answers, domain by domain. The endpoints mount these lists and the OpenAPI document describes them. */
import { cartRoutes } from './cart/routes.ts';
import { catalogRoutes } from './catalog/routes.ts';
import { checkoutRoutes } from './checkout/routes.ts';
import { customerRoutes } from './customers/routes.ts';
import { inventoryRoutes } from './inventory/routes.ts';
import { inventoryStaffRoutes } from './inventory/staff-routes.ts';
import { operationRoutes } from './operations/routes.ts';
import { orderRoutes } from './orders/routes.ts';
import { orderStaffRoutes } from './orders/staff-routes.ts';
import type { Route } from './platform/http.ts';

export const storeRoutes: Route[] = [
  ...catalogRoutes,
  ...inventoryRoutes,
  ...customerRoutes,
  ...cartRoutes,
  ...checkoutRoutes,
  ...orderRoutes,
];

export const staffRoutes: Route[] = [...orderStaffRoutes, ...inventoryStaffRoutes, ...operationRoutes];
