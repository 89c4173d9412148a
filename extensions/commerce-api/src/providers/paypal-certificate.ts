/**
 * The certificates PayPal signs its webhooks with. Their address comes with the message they are to prove, so it is trusted only
 * where it leads to PayPal itself.
 */
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { Env } from '../platform/env.ts';
import { PaymentProviderError } from './payment.ts';

/** `api.` is what PayPal's notifications name, `api-m.` what its API is called by now. */
const HOSTS = {
  live: ['api.paypal.com', 'api-m.paypal.com'],
  sandbox: ['api.sandbox.paypal.com', 'api-m.sandbox.paypal.com'],
};
const PATH = /^\/v1\/notifications\/certs\/[\w-]{1,100}$/;

const MOST_KEPT = 8;
const LONGEST_PEM = 64 * 1024;

export type CertificateAt = (address: string) => Promise<X509Certificate>;

/**
 * Fetches a certificate once and keeps it; whether it holds at this moment is asked every time.
 * @throws PaymentProviderError definite `bad_signature` for one that proves nothing; not definite where PayPal did not answer
 */
export function payPalCertificates(env: Env, now: () => number = Date.now): CertificateAt {
  const kept = new Map<string, Promise<X509Certificate[]>>();

  return async (address) => {
    const url = pinned(address, env);
    let chain = kept.get(url.href);
    if (!chain) {
      chain = download(url, env);
      kept.set(url.href, chain);
      chain.catch(() => kept.delete(url.href));
      const oldest = kept.keys().next().value;
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    }
    const certificates = await chain;
    const at = new Date(now());
    if (
      !certificates.every((certificate) => certificate.validFromDate <= at && at <= certificate.validToDate)
    ) {
      throw proofless('The certificate is out of date');
    }
    return certificates[0]!;
  };
}

/** @throws PaymentProviderError for any address but one of PayPal's certificates over TLS, or the emulator's where it is used */
function pinned(address: string, env: Env): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isAtHome = env.PAYPAL_API_URL
    ? url?.origin === new URL(env.PAYPAL_API_URL).origin
    : url?.protocol === 'https:' && url.port === '' && HOSTS[env.PAYPAL_MODE].includes(url.hostname);
  if (
    url &&
    isAtHome &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '' &&
    PATH.test(url.pathname)
  ) {
    return url;
  }
  throw proofless('The certificate is not at PayPal');
}

async function download(url: URL, env: Env): Promise<X509Certificate[]> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(env.PAYMENT_TIMEOUT_MS),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    throw unreachable(error);
  }
  if (status === 404) throw proofless('PayPal has no such certificate');
  if (status !== 200) throw unreachable(new Error(`PayPal answered ${status}`));
  const certificates = certificatesIn(text);
  // The emulator vouches for itself.
  if (!env.PAYPAL_API_URL && !isChain(certificates)) throw proofless('The certificate is not PayPal’s');
  return certificates;
}

function certificatesIn(text: string): X509Certificate[] {
  const blocks = text
    .slice(0, LONGEST_PEM)
    .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (!blocks) throw proofless('The certificate cannot be read');
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw proofless('The certificate cannot be read', error);
  }
}

/**
 * Whether each certificate was issued by the next, the last one by a root Node trusts where it is there at all, and none by
 * itself alone. PayPal may leave out what is between its certificate and the root, which Node cannot fetch: then the TLS
 * connection to PayPal's own host is what vouches for it.
 */
export function isChain(
  certificates: X509Certificate[],
  roots: readonly string[] = rootCertificates,
): boolean {
  const [first] = certificates;
  if (!first || first.checkIssued(first)) return false;
  const isLinked = certificates.every((certificate, index) => {
    const issuer = certificates[index + 1];
    return !issuer || isIssuedBy(certificate, issuer);
  });
  const last = certificates.at(-1)!;
  const sameName = roots.map((pem) => new X509Certificate(pem)).filter((root) => last.checkIssued(root));
  return isLinked && (sameName.length === 0 || sameName.some((root) => isIssuedBy(last, root)));
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function proofless(message: string, cause?: unknown): PaymentProviderError {
  return new PaymentProviderError(message, { is_definite: true, code: 'bad_signature', cause });
}

function unreachable(cause: unknown): PaymentProviderError {
  const message = 'PayPal’s certificate could not be fetched';
  return new PaymentProviderError(message, { is_definite: false, code: 'certificate_unreachable', cause });
}
