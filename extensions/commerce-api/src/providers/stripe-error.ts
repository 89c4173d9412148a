/** What went wrong at Stripe, in the words of the port. */
import Stripe from 'stripe';
import { PaymentProviderError } from './payment.ts';
import { isOpenAnswer, secondsOf } from './provider-http.ts';
import { isReplay } from './stripe-client.ts';

/**
 * Stripe refused, or we cannot know what became of it: lost connections, 5xx, 409 and 429 leave the outcome open. So does a key
 * that was used with other parameters: what it was first used for may have been done.
 *
 * A failure counts as stored once Stripe says that it told it before. The client repeats a 5xx by itself, so that is mostly known
 * at once; until it is, a 5xx may as well come from a Stripe that is down and stored nothing.
 */
export function stripeError(error: Stripe.errors.StripeError): PaymentProviderError {
  const status = error.statusCode ?? 0;
  if (status === 0) {
    const isLate = (error.detail as { code?: unknown } | undefined)?.code === 'ETIMEDOUT';
    return new PaymentProviderError(
      isLate ? 'Stripe did not answer in time' : 'Stripe could not be reached',
      {
        is_definite: false,
        code: isLate ? 'timeout' : 'unreachable',
        cause: error,
      },
    );
  }
  const isMisused = error.rawType === 'idempotency_error' && status !== 409;
  return new PaymentProviderError(error.message, {
    is_definite: status >= 400 && !isOpenAnswer(status) && !isMisused,
    code: error.code ?? error.type,
    is_stored: isMisused || isReplay(error),
    retry_after_s: secondsOf(error.headers?.['retry-after']),
    cause: error,
  });
}

/** Does what is asked of Stripe. @throws PaymentProviderError for all that Stripe says; our own mistakes stay what they are */
export async function asking<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof Stripe.errors.StripeError ? stripeError(error) : error;
  }
}

/** The same for one object by its id; null where Stripe knows none of that id. */
export async function askingFor<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
  return asking(ask).catch((error: unknown) => {
    if (error instanceof PaymentProviderError && error.code === 'resource_missing') return null;
    throw error;
  });
}
