/** `POST /v1/oauth2/token` with client credentials, and what its tokens are good for. */
import { randomBytes } from 'node:crypto';
import { newId } from './books.ts';

export type OAuth = {
  /** The answer to a request for a token. */
  answer(authorization: string | undefined, form: URLSearchParams): { status: number; body: object };
  isValid(token: string): boolean;
  /** Makes every token useless before its time. */
  revoke(): void;
};

export type OAuthOptions = {
  client_id?: string | undefined;
  client_secret?: string | undefined;
  lifetime_s: number;
};

/** Any id and secret will do where none are set. Tokens do not outlive the process. */
export function createOAuth({ client_id, client_secret, lifetime_s }: OAuthOptions): OAuth {
  const tokens = new Map<string, number>();
  return {
    answer(authorization, form) {
      const [id = '', secret = ''] = credentialsOf(authorization);
      const is_known = (client_id ?? id) === id && (client_secret ?? secret) === secret;
      if (id === '' || secret === '' || !is_known) {
        const error_description = 'Client Authentication failed';
        return { status: 401, body: { error: 'invalid_client', error_description } };
      }
      if (form.get('grant_type') !== 'client_credentials') {
        const error_description = 'Grant Type is NULL';
        return { status: 400, body: { error: 'unsupported_grant_type', error_description } };
      }
      const access_token = `A21AA${randomBytes(36).toString('base64url')}`;
      tokens.set(access_token, Date.now() + lifetime_s * 1000);
      const body = {
        scope:
          'https://uri.paypal.com/services/payments/payment/authcapture https://uri.paypal.com/services/payments/refund',
        access_token,
        token_type: 'Bearer',
        app_id: 'APP-80W284485P519543T',
        expires_in: lifetime_s,
        nonce: `${new Date().toISOString()}${newId(20)}`,
      };
      return { status: 200, body };
    },
    isValid: (token) => (tokens.get(token) ?? 0) > Date.now(),
    revoke: () => tokens.clear(),
  };
}

function credentialsOf(authorization: string | undefined): string[] {
  const [scheme = '', credentials = ''] = (authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'basic') return [];
  const [id = '', ...secret] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  return [id, secret.join(':')];
}
