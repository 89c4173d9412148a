/** What each surface answers, domain by domain. The endpoints mount these lists and the OpenAPI document describes them. */
import { cartRoutes } from './cart/routes.ts';
import { catalogRoutes } from './catalog/routes.ts';
import { draftRoutes } from './cart/draft-staff-routes.ts';
import { draftCheckoutRoutes } from './checkout/draft-staff-routes.ts';
import { chargeRoutes } from './checkout/charge-staff-routes.ts';
import { checkoutRoutes } from './checkout/routes.ts';
import { customerRoutes } from './customers/routes.ts';
import { giftCardRoutes } from './gift-cards/routes.ts';
import { giftCardStaffRoutes } from './gift-cards/staff-routes.ts';
import { inventoryRoutes } from './inventory/routes.ts';
import { inventoryStaffRoutes } from './inventory/staff-routes.ts';
import { operationRoutes } from './operations/routes.ts';
import { orderEditRoutes } from './orders/edit-staff-routes.ts';
import { returnRoutes } from './orders/return-routes.ts';
import { returnStaffRoutes } from './orders/return-staff-routes.ts';
import { orderRoutes } from './orders/routes.ts';
import { shipmentStaffRoutes } from './orders/shipment-staff-routes.ts';
import { orderStaffRoutes } from './orders/staff-routes.ts';
import { paymentMethodRoutes } from './payment-methods/routes.ts';
import { paymentRoutes } from './payments/routes.ts';
import { paymentStaffRoutes } from './payments/staff-routes.ts';
import type { Route } from './platform/http.ts';
import { promotionStaffRoutes } from './promotions/staff-routes.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { sessionStaffRoutes } from './sessions/staff-routes.ts';
import { searchRoutes } from './search/routes.ts';
import { recommendationRoutes } from './recommendations/routes.ts';

export const storeRoutes: Route[] = [
  ...catalogRoutes,
  ...searchRoutes,
  ...recommendationRoutes,
  ...inventoryRoutes,
  ...customerRoutes,
  ...sessionRoutes,
  ...paymentMethodRoutes,
  ...cartRoutes,
  ...paymentRoutes,
  ...checkoutRoutes,
  ...orderRoutes,
  ...returnRoutes,
  ...giftCardRoutes,
];

export const staffRoutes: Route[] = [
  ...orderStaffRoutes,
  ...paymentStaffRoutes,
  ...chargeRoutes,
  ...giftCardStaffRoutes,
  ...sessionStaffRoutes,
  ...orderEditRoutes,
  ...shipmentStaffRoutes,
  ...returnStaffRoutes,
  ...draftRoutes,
  ...draftCheckoutRoutes,
  ...inventoryStaffRoutes,
  ...promotionStaffRoutes,
  ...operationRoutes,
];
