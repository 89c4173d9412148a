/**
 * The codes of gift cards. A code is derived from SECRET and its card's id, so that it can be mailed again while nothing secret
 * is stored; it is looked up by another keyed hash. When SECRET is replaced, `rekeyGiftCards` carries both over.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Env } from '../platform/env.ts';
import { keyFor } from '../platform/secrets.ts';

/** 32 letters and digits that are not mistaken for one another: no I and 1, no O and 0. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 16;
const GROUP = /.{4}(?=.)/g;

/** 80 bits, in four groups of four. */
export function codeOf(env: Env, card: string): string {
  const bytes = createHmac('sha256', keyFor(env, 'gift-card-code')).update(card).digest();
  const letters = Array.from(bytes.subarray(0, LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]);
  return letters.join('').replace(GROUP, '$&-');
}

/** A code as it is compared: however it was typed, without groups and in capitals. */
export function normalisedCode(typed: string): string {
  return typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** What the database keeps of a code to find its card by. */
export function codeHash(env: Env, code: string): string {
  return createHmac('sha256', keyFor(env, 'gift-card-lookup'))
    .update(normalisedCode(code))
    .digest('base64url');
}

export function last4Of(code: string): string {
  return normalisedCode(code).slice(-4);
}

/** The id of the card for one unit of an order's line: always the same, so that a repeated job issues no second card. */
export function idOfSoldCard(order_line: string, unit: number): string {
  const digest = createHash('sha256').update(`gift card ${order_line} ${unit}`).digest('hex');
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
