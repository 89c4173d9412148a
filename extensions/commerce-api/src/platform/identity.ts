/**
 * Signing in and out, by Directus' own means: its sessions, its JWTs, its one-time passwords and its limit on attempts.
 * A port, so that use cases know neither Directus' services nor its errors.
 */
import { generateHash } from '@directus/api/utils/generate-hash';
import { isDirectusError } from '@directus/errors';
import { KontorError } from '../errors.ts';
import type { Database } from './database.ts';

/** Where a sign-in comes from; Directus keeps it with the session. */
export interface Client {
  ip: string | null;
  user_agent: string | null;
}

export interface Credentials {
  email: string;
  password: string;
  otp?: string | undefined;
}

export interface SignedIn {
  user: string;
  access_token: string;
  refresh_token: string;
  /** Milliseconds until the access token expires. */
  expires: number;
}

export interface Identity {
  /**
   * @throws KontorError INVALID_CREDENTIALS, the same for an unknown address, a wrong password and a suspended user;
   * INVALID_OTP only after the right password.
   */
  login: (credentials: Credentials, client: Client) => Promise<SignedIn>;
  /** Trades a refresh token for new tokens; the old one is dead. @throws KontorError INVALID_TOKEN */
  refresh: (refresh_token: string, client: Client) => Promise<SignedIn>;
  /** Ends the session. An unknown token is no error, so a repeated logout succeeds. */
  logout: (refresh_token: string, client: Client) => Promise<void>;
  /** @throws KontorError INVALID_CREDENTIALS unless this is the user's password */
  verify: (user: string, password: string, client: Client) => Promise<void>;
  /** A password as Directus stores it. Slow on purpose. */
  hash: (password: string) => Promise<string>;
}

interface Tokens {
  id: string | null;
  accessToken: string;
  refreshToken: string;
  expires: number;
}

interface AuthenticationService {
  login: (
    provider: string,
    payload: object,
    options: { session: boolean; otp?: string | undefined },
  ) => Promise<Tokens>;
  refresh: (refreshToken: string, options: { session: boolean }) => Promise<Tokens>;
  logout: (refreshToken: string) => Promise<void>;
  verifyPassword: (user: string, password: string) => Promise<void>;
}

/** What Kontor takes from the context Directus hands to an endpoint. */
export interface IdentityParts {
  services: {
    AuthenticationService: new (options: {
      knex: Database;
      schema: unknown;
      accountability: object;
    }) => AuthenticationService;
  };
  getSchema: () => Promise<unknown>;
  database: Database;
}

/** The identity port over the services of the Directus we run in. */
export function makeIdentity({ services, getSchema, database }: IdentityParts): Identity {
  async function authentication(client: Client): Promise<AuthenticationService> {
    return new services.AuthenticationService({
      knex: database,
      schema: await getSchema(),
      accountability: {
        user: null,
        role: null,
        roles: [],
        admin: false,
        app: false,
        ip: client.ip,
        userAgent: client.user_agent?.slice(0, 1024),
      },
    });
  }

  return {
    async login({ email, password, otp }, client) {
      const service = await authentication(client);
      try {
        return signedIn(await service.login('default', { email, password }, { session: false, otp }));
      } catch (error) {
        throw refusal(error, 'INVALID_CREDENTIALS');
      }
    },
    async refresh(refresh_token, client) {
      const service = await authentication(client);
      try {
        return signedIn(await service.refresh(refresh_token, { session: false }));
      } catch (error) {
        throw refusal(error, 'INVALID_TOKEN');
      }
    },
    async logout(refresh_token, client) {
      const service = await authentication(client);
      await service.logout(refresh_token);
    },
    async verify(user, password, client) {
      const service = await authentication(client);
      try {
        await service.verifyPassword(user, password);
      } catch (error) {
        throw refusal(error, 'INVALID_CREDENTIALS');
      }
    },
    hash: generateHash,
  };
}

/** @throws KontorError INVALID_TOKEN for the token of a share link, behind which there is no user. */
function signedIn({ id, accessToken, refreshToken, expires }: Tokens): SignedIn {
  if (id === null) throw new KontorError('INVALID_TOKEN');
  return { user: id, access_token: accessToken, refresh_token: refreshToken, expires };
}

const REFUSALS = ['INVALID_CREDENTIALS', 'USER_SUSPENDED', 'INVALID_PROVIDER'];

/** Our error for one of Directus'. What is not a refusal stays what it is: a failure to be logged. */
function refusal(error: unknown, code: 'INVALID_CREDENTIALS' | 'INVALID_TOKEN'): unknown {
  if (!isDirectusError(error)) return error;
  if (error.code === 'INVALID_OTP') return new KontorError('INVALID_OTP', {}, error);
  if (error.code === 'SERVICE_UNAVAILABLE') return new KontorError('UNAVAILABLE', {}, error);
  return REFUSALS.includes(error.code) ? new KontorError(code, {}, error) : error;
}
