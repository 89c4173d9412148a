import { describe, expect, test } from 'vitest';
import type {
  FulfilmentEvent,
  FulfilmentStatus,
  ShipmentEvent,
  ShipmentRefusal,
  ShipmentStatus,
} from './fulfilment-state.ts';
import {
  FULFILMENT_EVENTS,
  FULFILMENT_STATUSES,
  fulfilmentRefusal,
  fulfilmentTransition,
  SHIPMENT_EVENTS,
  SHIPMENT_STATUSES,
  shipmentRefusal,
  shipmentTransition,
} from './fulfilment-state.ts';

describe('an order that is', () => {
  const table: [FulfilmentStatus, FulfilmentEvent, FulfilmentStatus | null][] = [
    ['unfulfilled', 'part_fulfilled', 'partly_fulfilled'],
    ['unfulfilled', 'rest_fulfilled', 'fulfilled'],
    ['partly_fulfilled', 'part_fulfilled', 'partly_fulfilled'],
    ['partly_fulfilled', 'rest_fulfilled', 'fulfilled'],
    ['fulfilled', 'part_fulfilled', null],
    ['fulfilled', 'rest_fulfilled', null],
  ];

  test.each(table)('%s and %s becomes %s', (status, event, next) => {
    expect(fulfilmentTransition(status, event)).toBe(next);
    expect(fulfilmentRefusal(status, event)).toBe(next === null ? 'already_fulfilled' : null);
  });

  test('in any state, at any event, is decided above', () => {
    expect(table).toHaveLength(FULFILMENT_STATUSES.length * FULFILMENT_EVENTS.length);
  });
});

describe('a shipment that is', () => {
  const table: [ShipmentStatus, ShipmentEvent, ShipmentStatus | null, ShipmentRefusal | null][] = [
    ['pending', 'shipped', 'shipped', null],
    ['pending', 'delivered', null, 'not_shipped'],
    ['pending', 'cancelled', 'cancelled', null],
    ['shipped', 'shipped', null, 'already_shipped'],
    ['shipped', 'delivered', 'delivered', null],
    ['shipped', 'cancelled', null, 'already_shipped'],
    ['delivered', 'shipped', null, 'already_delivered'],
    ['delivered', 'delivered', null, 'already_delivered'],
    ['delivered', 'cancelled', null, 'already_delivered'],
    ['cancelled', 'shipped', null, 'already_cancelled'],
    ['cancelled', 'delivered', null, 'already_cancelled'],
    ['cancelled', 'cancelled', null, 'already_cancelled'],
  ];

  test.each(table)('%s and %s becomes %s (%s)', (status, event, next, reason) => {
    expect(shipmentTransition(status, event)).toBe(next);
    expect(shipmentRefusal(status, event)).toBe(reason);
  });

  test('in any state, at any event, is decided above', () => {
    expect(table).toHaveLength(SHIPMENT_STATUSES.length * SHIPMENT_EVENTS.length);
  });
});
