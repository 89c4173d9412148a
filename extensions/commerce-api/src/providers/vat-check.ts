/**
 * The port that asks whether a VAT id exists, and its two sides: by its form alone, or with VIES, the register of the members of
 * the European Union. None of these calls runs inside a transaction.
 */
import { z } from 'zod';
import { formatVatId, isInVies, parseVatId, type VatId } from '../core/vat-id.ts';
import type { Env } from '../platform/env.ts';

export interface VatCheckResult {
  /** `unknown`: it could exist, and nobody could be asked or would say. */
  status: 'valid' | 'invalid' | 'unknown';
  /** Who it belongs to, where the register says so; several members never do. */
  name: string | null;
  checked_at: Date;
}

export interface VatCheck {
  name: string;
  /**
   * What is known of a VAT id now. Never throws for what the register does: no answer is `unknown`, and may be asked again.
   * @param requester the shop's own VAT id, for members that only answer those who say who they are
   */
  check: (vat_id: string, requester?: string | null) => Promise<VatCheckResult>;
}

/** Which one the shop uses, from its environment. */
export function vatCheck(env: Env): VatCheck {
  return env.VAT_CHECK === 'vies' ? viesCheck(env.VAT_CHECK_URL || VIES_URL) : offlineCheck();
}

/** Format and check digit only: they can show that a number is wrong, never that it exists. */
function offlineCheck(): VatCheck {
  return {
    name: 'offline',
    check: (vat_id) => Promise.resolve(answer(parseVatId(vat_id).is_valid ? 'unknown' : 'invalid')),
  };
}

const VIES_URL = 'https://ec.europa.eu/taxation_customs/vies/rest-api';
/** Members pass questions on to their own registers, some of which take their time. */
const PATIENCE_MS = 20_000;

/** `userError` says whether the register answered at all: `isValid` is false as well when a member's is down or busy. */
const ViesAnswer = z.object({ isValid: z.boolean(), userError: z.string(), name: z.string().nullish() });

function viesCheck(url: string): VatCheck {
  return {
    name: 'vies',
    async check(vat_id, requester = null) {
      const asked = parseVatId(vat_id);
      if (!asked.is_valid) return answer('invalid');
      if (!isInVies(asked.country)) return answer('unknown');
      const found = await askVies(addressOf(url, asked, requester === null ? null : parseVatId(requester)));
      if (found?.isValid === true) return answer('valid', found.name);
      return answer(found?.userError === 'INVALID' ? 'invalid' : 'unknown');
    },
  };
}

function addressOf(url: string, asked: VatId, requester: VatId | null): string {
  const [country, number] = partsOf(asked);
  const address = new URL(`${url.replace(/\/$/, '')}/ms/${country}/vat/${encodeURIComponent(number)}`);
  if (requester?.is_valid && isInVies(requester.country)) {
    const [own_country, own_number] = partsOf(requester);
    address.searchParams.set('requesterMemberStateCode', own_country);
    address.searchParams.set('requesterNumber', own_number);
  }
  return address.href;
}

/** The country as VIES calls it, and the number. */
function partsOf(vat_id: VatId): [country: string, number: string] {
  return [formatVatId(vat_id).slice(0, 2), vat_id.number];
}

/** Null for everything that is not an answer: no connection, too slow, an error page, a failure in JSON. */
async function askVies(address: string): Promise<z.output<typeof ViesAnswer> | null> {
  try {
    const response = await fetch(address, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return ViesAnswer.safeParse(await response.json()).data ?? null;
  } catch {
    return null;
  }
}

/** Members that keep names to themselves answer `---`. */
function answer(status: VatCheckResult['status'], name?: string | null): VatCheckResult {
  const given = name?.trim() ?? '';
  return { status, name: /^-*$/.test(given) ? null : given, checked_at: new Date() };
}
