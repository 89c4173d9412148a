/** Acme Pay, on a page of Acme's. Our payment's id travels as a charge's reference, our refund's id as a refund's. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import {
  PaymentProviderError,
  type PaymentProvider,
  type ProviderPayment,
} from '../../extensions/commerce-api/src/providers/payment.ts';
import {
  askProvider,
  isOpenAnswer,
  retryAfter,
} from '../../extensions/commerce-api/src/providers/provider-http.ts';

type Settings = { PAYMENT_TIMEOUT_MS: number } & Record<'ACME_URL' | 'ACME_KEY' | 'ACME_SECRET', string>;
const STATUSES = { open: 'pending', running: 'processing', done: 'paid', dead: 'cancelled' } as const;
const Money = z.object({
  id: z.string(),
  reference: z.string().nullable(),
  amount: z.int(),
  currency: z.string(),
});
const Refund = Money.extend({ status: z.enum(['pending', 'succeeded', 'failed']) });
const Charge = Money.extend({ state: z.enum(['open', 'running', 'done', 'dead']), refunds: z.array(Refund) });
const Event = z.object({ id: z.string(), type: z.string(), charge: Money });

export function acmePayments(env: Settings): PaymentProvider {
  async function ask(
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    key?: string,
  ): Promise<ProviderPayment> {
    const headers = { authorization: `Bearer ${env.ACME_KEY}`, ...(key && { 'idempotency-key': key }) };
    const request = { method, url: env.ACME_URL + path, headers, body, timeout_ms: env.PAYMENT_TIMEOUT_MS };
    const { status, ...answer } = await askProvider(request);
    const charge = Charge.safeParse(answer.body).data;
    if (status < 300 && charge) return truthOf(charge);
    // Refused: nothing happened. Broken, busy or unreadable: nobody knows, and the shop asks again.
    throw failed(`acme_${status}`, status >= 400 && !isOpenAnswer(status), retryAfter(answer.headers));
  }
  const failed = (code: string, is_definite: boolean, retry_after_s?: number) =>
    new PaymentProviderError('This was not possible with Acme Pay', { code, is_definite, retry_after_s });
  const truthOf = ({
    id,
    reference,
    state,
    amount,
    currency,
    refunds,
  }: z.output<typeof Charge>): ProviderPayment => ({
    provider_payment: id,
    payment: reference,
    status: STATUSES[state],
    amount_minor: amount,
    currency,
    captured_minor: state === 'done' ? amount : 0,
    refunded_minor: refunds.reduce((sum, each) => sum + (each.status === 'succeeded' ? each.amount : 0), 0),
    refunds: refunds.map(({ id: provider_refund, reference: refund, amount: amount_minor, status }) => ({
      provider_refund,
      refund,
      amount_minor,
      status,
    })),
    client_data: { redirect_url: `${env.ACME_URL}/pay/${id}` },
    disputes: [],
    capture_before: null,
    saved_method: null,
    error_code: null,
    error_message: null,
  });
  const at = (charge: string) => `/charges/${encodeURIComponent(charge)}`;
  const unlessUnknown = (error: PaymentProviderError) =>
    error.code === 'acme_404' ? null : Promise.reject(error);
  return {
    name: 'acme',
    title: 'Acme Pay',
    is_manual: false,
    flows: ['hosted'],
    proceed: null,
    capture: null,
    list: null,
    methods: null,
    start: ({ payment: reference, attempt, amount_minor: amount, currency, return_url, cancel_url }) =>
      ask(
        'POST',
        '/charges',
        { reference, amount, currency, return_url, cancel_url },
        `${reference}:${attempt}`,
      ),
    find: ({ payment }) => ask('GET', `/references/${payment}`).catch(unlessUnknown),
    fetch: (id) => ask('GET', at(id)).catch(unlessUnknown),
    cancel: (id) =>
      ask('POST', `${at(id)}/cancel`).then(({ status }) =>
        status === 'paid' || status === 'cancelled' ? status : 'cannot_cancel',
      ),
    async refund({ provider_payment, refund, amount_minor: amount }) {
      const { refunds } = await ask('POST', `${at(provider_payment)}/refunds`, { reference: refund, amount });
      return refunds.find((each) => each.refund === refund) ?? Promise.reject(failed('no_refund', false));
    },
    async readWebhook(raw, headers) {
      const expected = createHmac('sha256', env.ACME_SECRET).update(raw).digest();
      const given = Buffer.from(headers['acme-signature'] ?? '', 'hex');
      const isSigned =
        env.ACME_SECRET !== '' && given.length === expected.length && timingSafeEqual(given, expected);
      if (!isSigned) throw failed('bad_signature', true);
      const { id: event_id, type, charge } = Event.parse(JSON.parse(raw.toString('utf8')));
      const { id: provider_payment, reference: payment } = charge;
      return Promise.resolve({ event_id, type, provider_payment, payment, payload: charge });
    },
  };
}
