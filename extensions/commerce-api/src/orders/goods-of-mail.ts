import type { JobPayload } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import {
  mailedReturn,
  mailedShipment,
  type MailedReturn,
  type MailedShipment,
} from './order-parts-queries.ts';

/** The parcel or return a mail tells of, as it is now. @throws Error when it does not exist */
export async function goodsOfMail(
  { db }: Shop,
  mail: Pick<JobPayload<'send-order-mail'>, 'shipment' | 'return'>,
): Promise<{ shipment?: MailedShipment; return?: MailedReturn }> {
  if (mail.shipment !== undefined) {
    const shipment = await mailedShipment(db, mail.shipment);
    if (!shipment) throw new Error(`there is no shipment ${mail.shipment} to write about`);
    return { shipment };
  }
  if (mail.return === undefined) return {};
  const found = await mailedReturn(db, mail.return);
  if (!found) throw new Error(`there is no return ${mail.return} to write about`);
  return { return: found };
}
