/** People who sign in with one-time passwords. */
import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import type { TestServer } from './server.ts';
import { aMember, PASSWORD } from './sessions.ts';
import type { Call, Reply } from './store-client.ts';

export interface Guarded {
  user: string;
  email: string;
  /** What the one-time passwords are made of. */
  secret: string;
}

/** Somebody new who has the role, and has switched one-time passwords on. */
export async function aGuardedUser(server: TestServer, call: Call, role: string): Promise<Guarded> {
  const { user, email, token } = await aMember(server, call, role);
  const keys = { token };
  const made = await call('POST', '/users/me/tfa/generate', { password: PASSWORD }, keys);
  const secret = made.data.secret as string;
  const enabled = await atOneMoment(() =>
    call('POST', '/users/me/tfa/enable', { secret, otp: oneTimePassword(secret) }, keys),
  );
  expect(enabled.status, enabled.text).toBe(204);
  return { user, email, secret };
}

export function signInWithOtp(call: Call, { email, secret }: Guarded): Promise<Reply> {
  return atOneMoment(() =>
    call('POST', '/store/auth/login', { email, password: PASSWORD, otp: oneTimePassword(secret) }),
  );
}

/** The one-time password of this moment (RFC 6238), as an authenticator shows it. */
export function oneTimePassword(secret: string): string {
  const bits = [...secret].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const key = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter_bytes = Buffer.alloc(8);
  counter_bytes.writeBigUInt64BE(BigInt(moment()));
  const digest = createHmac('sha1', key).update(counter_bytes).digest();
  const number = digest.readUInt32BE((digest.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** An answer to a one-time password of the moment it was asked in: another begins every half a minute. */
export async function atOneMoment<T extends { status: number }>(ask: () => Promise<T>): Promise<T> {
  const before = moment();
  const reply = await ask();
  return reply.status < 300 || moment() === before ? reply : ask();
}

const moment = () => Math.floor(Date.now() / 30_000);
