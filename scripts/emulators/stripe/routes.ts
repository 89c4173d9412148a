/** Which operations of the contract the emulator simulates, and who does the work. */
import type { Call } from './call.ts';
import { listCharges, retrieveCharge } from './charges.ts';
import { createSession, expireSession, listSessions, retrieveSession } from './checkout-sessions.ts';
import {
  createCustomer,
  deleteCustomer,
  listCustomers,
  retrieveCustomer,
  updateCustomer,
} from './customers.ts';
import { concedeDispute, listDisputes, retrieveDispute } from './disputes.ts';
import { listEvents, retrieveEvent } from './events.ts';
import {
  attachMethod,
  createMethod,
  detachMethod,
  listCustomerMethods,
  listMethods,
  retrieveCustomerMethod,
  retrieveMethod,
  updateMethod,
} from './payment-methods.ts';
import {
  cancelIntent,
  captureIntent,
  confirmIntent,
  createIntent,
  listIntents,
  retrieveIntent,
  updateIntent,
} from './payment-intents.ts';
import { createRefund, listRefunds, retrieveRefund, updateRefund } from './refunds.ts';
import { cancelSetup, confirmSetup, createSetup, listSetups, retrieveSetup } from './setup-intents.ts';

/** Synchronous on purpose: nothing can come between the checks of a handler and its writes. */
export type Handler = (call: Call) => object;

export const handlers: Record<string, Handler> = {
  'GET /v1/charges': listCharges,
  'GET /v1/charges/{charge}': retrieveCharge,
  'GET /v1/checkout/sessions': listSessions,
  'POST /v1/checkout/sessions': createSession,
  'GET /v1/checkout/sessions/{session}': retrieveSession,
  'POST /v1/checkout/sessions/{session}/expire': expireSession,
  'GET /v1/customers': listCustomers,
  'POST /v1/customers': createCustomer,
  'GET /v1/customers/{customer}': retrieveCustomer,
  'POST /v1/customers/{customer}': updateCustomer,
  'DELETE /v1/customers/{customer}': deleteCustomer,
  'GET /v1/customers/{customer}/payment_methods': listCustomerMethods,
  'GET /v1/customers/{customer}/payment_methods/{payment_method}': retrieveCustomerMethod,
  'GET /v1/disputes': listDisputes,
  'GET /v1/disputes/{dispute}': retrieveDispute,
  'POST /v1/disputes/{dispute}/close': concedeDispute,
  'GET /v1/events': listEvents,
  'GET /v1/events/{id}': retrieveEvent,
  'GET /v1/payment_intents': listIntents,
  'POST /v1/payment_intents': createIntent,
  'GET /v1/payment_intents/{intent}': retrieveIntent,
  'POST /v1/payment_intents/{intent}': updateIntent,
  'POST /v1/payment_intents/{intent}/cancel': cancelIntent,
  'POST /v1/payment_intents/{intent}/capture': captureIntent,
  'POST /v1/payment_intents/{intent}/confirm': confirmIntent,
  'GET /v1/payment_methods': listMethods,
  'POST /v1/payment_methods': createMethod,
  'GET /v1/payment_methods/{payment_method}': retrieveMethod,
  'POST /v1/payment_methods/{payment_method}': updateMethod,
  'POST /v1/payment_methods/{payment_method}/attach': attachMethod,
  'POST /v1/payment_methods/{payment_method}/detach': detachMethod,
  'GET /v1/refunds': listRefunds,
  'POST /v1/refunds': createRefund,
  'GET /v1/refunds/{refund}': retrieveRefund,
  'POST /v1/refunds/{refund}': updateRefund,
  'GET /v1/setup_intents': listSetups,
  'POST /v1/setup_intents': createSetup,
  'GET /v1/setup_intents/{intent}': retrieveSetup,
  'POST /v1/setup_intents/{intent}/cancel': cancelSetup,
  'POST /v1/setup_intents/{intent}/confirm': confirmSetup,
};
