/** Which use case does which job. */
import { mailPasswordReset } from './customers/change-password.ts';
import { checkVatId } from './customers/check-vat-id.ts';
import { alertLowStock } from './inventory/report-low-stock.ts';
import { sendStockNotices } from './inventory/stock-notices.ts';
import { findAbandonedCarts, remindOfCart } from './cart/abandoned-carts.ts';
import { drainListings } from './listings/refresh-listings.ts';
import { issueSoldCards } from './gift-cards/sold-gift-cards.ts';
import { sendGiftCardMail, sendRefundMail } from './notifications/send-money-mail.ts';
import { sendMail } from './notifications/send-mail.ts';
import { followOrder } from './checkout/follow-order.ts';
import { sendOrderMail } from './notifications/send-order-mail.ts';
import { cleanUp } from './operations/clean-up.ts';
import { expireOrder, expireUnpaidOrders } from './orders/close-order.ts';
import { removeAtProvider } from './payment-methods/saved-methods.ts';
import { syncSetup } from './payment-methods/sync-setup.ts';
import { compareWithProviders } from './payments/compare-with-providers.ts';
import { endPayment } from './payments/end-payment.ts';
import { processWebhook } from './payments/receive-webhook.ts';
import { settleRefund } from './payments/settle-refund.ts';
import { syncPayment, syncUnsettledPayments } from './payments/sync-payment.ts';
import { watchAuthorisations } from './payments/watch-authorisations.ts';
import type { JobHandlers } from './platform/jobs.ts';
import { computeAffinities } from './recommendations/compute-affinities.ts';
import { refreshPopularity } from './recommendations/refresh-popularity.ts';
import { refreshSimilar } from './recommendations/refresh-similar.ts';
import { indexSearch, syncSearchWords } from './search/index-search-job.ts';

export const jobHandlers: JobHandlers = {
  'sync-payment': async (shop, { payment }) => {
    await syncPayment(shop, payment);
  },
  'process-webhook': (shop, { webhook_event }) => processWebhook(shop, webhook_event),
  'sync-setup': (shop, { provider, provider_setup }) => syncSetup(shop, provider, provider_setup),
  'remove-payment-method': (shop, { provider, provider_method }) =>
    removeAtProvider(shop, provider, provider_method),
  'refund-payment': (shop, { refund }) => settleRefund(shop, refund),
  'send-refund-mail': sendRefundMail,
  'issue-gift-cards': (shop, { order }) => issueSoldCards(shop, order),
  'send-gift-card-mail': sendGiftCardMail,
  'refresh-popularity': async (shop) => {
    await refreshPopularity(shop);
  },
  'refresh-similar': (shop) => refreshSimilar(shop),
  'compute-affinities': (shop) => computeAffinities(shop),
  'check-vat-id': (shop, { customer }) => checkVatId(shop, customer),
  'refresh-listings': async (shop) => {
    await drainListings(shop);
  },
  'expire-unpaid-orders': (shop) => expireUnpaidOrders(shop),
  'expire-order': (shop, { order }) => expireOrder(shop, order),
  'sync-unsettled-payments': (shop) => syncUnsettledPayments(shop),
  'compare-with-providers': (shop) => compareWithProviders(shop),
  'watch-authorisations': (shop) => watchAuthorisations(shop),
  'end-payment': (shop, { payment }) => endPayment(shop, payment),
  'clean-up': (shop) => cleanUp(shop),
  'find-abandoned-carts': (shop) => findAbandonedCarts(shop),
  'remind-of-cart': remindOfCart,
  'alert-low-stock': (shop) => alertLowStock(shop),
  'send-stock-notices': (shop) => sendStockNotices(shop),
  'send-mail': sendMail,
  'mail-password-reset': (shop, { email }) => mailPasswordReset(shop, email),
  'follow-order': followOrder,
  'send-order-mail': sendOrderMail,
  'index-search': (shop, { products }) => indexSearch(shop, products),
  'sync-search-words': (shop) => syncSearchWords(shop),
  announce: async (shop, event) => {
    await shop.announcer?.announce(event);
  },
};
