import { formatVatId, parseVatId } from '../core/vat-id.ts';
import { KontorError } from '../errors.ts';

/**
 * A VAT id as people type it, in its normal spelling. Nobody is asked: its form and check digit say whether it can exist.
 * @throws KontorError VAT_ID_INVALID with the reason
 */
export function requireVatId(text: string): string {
  const vat_id = parseVatId(text);
  if (!vat_id.is_valid) throw new KontorError('VAT_ID_INVALID', { path: 'vat_id', reason: vat_id.reason });
  return formatVatId(vat_id);
}
