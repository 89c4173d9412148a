/** What staff do with parcels. Each answers the order as it is then. */
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { cancelShipment, changeTracking, deliverShipment } from './change-shipment.ts';
import { StaffOrderView } from './order-view.ts';
import { OPTIONAL_KEY, OrderParams } from './requested-order.ts';
import { dispatchShipment, shipOrder } from './ship-order.ts';
import { staffView } from './staff-view.ts';

const ShipmentParams = z.strictObject({ shipment: z.uuid() });

const tracking = {
  carrier: z.string().trim().max(100).nullish(),
  tracking_number: z.string().trim().max(100).nullish(),
  tracking_url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .nullish(),
};

export const shipmentStaffRoutes: Route[] = [
  route({
    method: 'post',
    path: '/orders/:order/ship',
    tag: 'Shipments',
    summary: 'Send a parcel, or pack one',
    description:
      'Without `lines` everything that is still open. Services are handed over by the same call; downloads and gift cards were when the order was paid. `pending` only packs: send it later with `POST /shipments/{shipment}/ship`. The shopper is written unless `notify` is false.',
    access: 'order_staff',
    headers: OPTIONAL_KEY,
    params: OrderParams,
    body: z.strictObject({
      lines: z
        .array(z.strictObject({ order_line: z.uuid(), quantity: z.int().min(1).max(999_999) }))
        .min(1)
        .max(500)
        .optional(),
      ...tracking,
      location: z.uuid().optional(),
      pending: z.boolean().optional(),
      notify: z.boolean().optional(),
    }),
    answers: {
      status: 200,
      data: StaffOrderView,
      meta: z.object({ shipment: z.uuid().nullable().describe('Null when nothing needed a parcel.') }),
      description: 'The order, with the parcel',
    },
    errors: ['NOT_FOUND', 'ORDER_NOT_SHIPPABLE', 'IDEMPOTENCY_KEY_IN_USE', 'IDEMPOTENCY_KEY_REUSED'],
    async handle({ shop, caller, params, body, header }) {
      const meta = await shipOrder(shop, params.order, body, caller.user, header('idempotency-key'));
      return { status: 200, data: await staffView(shop, params.order), meta: { ...meta } };
    },
  }),
  route({
    method: 'post',
    path: '/shipments/:shipment/ship',
    tag: 'Shipments',
    summary: 'A packed parcel leaves',
    access: 'order_staff',
    params: ShipmentParams,
    body: z.strictObject({ ...tracking, notify: z.boolean().optional() }),
    answers: { status: 200, data: StaffOrderView, description: 'The order' },
    errors: ['NOT_FOUND', 'SHIPMENT_NOT_CHANGEABLE', 'ORDER_NOT_SHIPPABLE'],
    async handle({ shop, caller, params, body }) {
      const { order } = await dispatchShipment(shop, params.shipment, body, caller.user);
      return { status: 200, data: await staffView(shop, order) };
    },
  }),
  route({
    method: 'post',
    path: '/shipments/:shipment/deliver',
    tag: 'Shipments',
    summary: 'A parcel has arrived',
    description: 'The shopper is written only when `notify` is true.',
    access: 'order_staff',
    params: ShipmentParams,
    body: z.strictObject({ notify: z.boolean().optional() }),
    answers: { status: 200, data: StaffOrderView, description: 'The order' },
    errors: ['NOT_FOUND', 'SHIPMENT_NOT_CHANGEABLE'],
    async handle({ shop, caller, params, body }) {
      const { order } = await deliverShipment(shop, params.shipment, caller.user, body);
      return { status: 200, data: await staffView(shop, order) };
    },
  }),
  route({
    method: 'post',
    path: '/shipments/:shipment/cancel',
    tag: 'Shipments',
    summary: 'Unpack a parcel that has not left',
    access: 'order_staff',
    params: ShipmentParams,
    answers: { status: 200, data: StaffOrderView, description: 'The order' },
    errors: ['NOT_FOUND', 'SHIPMENT_NOT_CHANGEABLE'],
    async handle({ shop, caller, params }) {
      const { order } = await cancelShipment(shop, params.shipment, caller.user);
      return { status: 200, data: await staffView(shop, order) };
    },
  }),
  route({
    method: 'patch',
    path: '/shipments/:shipment',
    tag: 'Shipments',
    summary: 'Correct the tracking',
    description: 'What is not given stays; null empties.',
    access: 'order_staff',
    params: ShipmentParams,
    body: z.strictObject(tracking),
    answers: { status: 200, data: StaffOrderView, description: 'The order' },
    errors: ['NOT_FOUND', 'SHIPMENT_NOT_CHANGEABLE'],
    async handle({ shop, caller, params, body }) {
      const { order } = await changeTracking(shop, params.shipment, body, caller.user);
      return { status: 200, data: await staffView(shop, order) };
    },
  }),
];
