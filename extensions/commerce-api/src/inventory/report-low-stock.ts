/** Staff hear of what runs low: at once when a level falls to its mark, and of everything when they ask. */
import type { Transaction } from '../platform/database.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { ROLES } from '../platform/roles.ts';
import type { Shop } from '../platform/shop.ts';
import { lowLevels, notifyStaff, shopEmail, takeAlerts, type LowLevel } from './low-stock-queries.ts';

/** More than fit in a mail somebody reads. */
const MAX_LEVELS = 500;

/**
 * Job: tells of levels that fell to their mark since the last one, by mail to the shop and in the inbox of staff. May run twice: what
 * movements noted is taken in the same transaction. A level that has been filled up meanwhile is not worth a mail.
 */
export async function alertLowStock(shop: Shop): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    const levels = await takeAlerts(trx);
    if (levels.length === 0) return;
    await mailShop(trx, levels);
    const [first, ...others] = levels as [LowLevel, ...LowLevel[]];
    await notifyStaff(trx, [ROLES.catalogue_staff, ROLES.order_staff], {
      subject: others.length === 0 ? `Low stock: ${nameOf(first)}` : `Low stock: ${levels.length} levels`,
      message: levels.map(sentence).join('\n'),
      collection: 'stock_levels',
      item: others.length === 0 ? first.id : null,
    });
  });
}

/** Mails the shop the list of everything at or below its mark; nothing where all is well. @returns how many levels are low */
export async function reportLowStock(shop: Shop): Promise<{ levels: number }> {
  return inTransaction(shop.db, async (trx) => {
    const levels = await lowLevels(trx, MAX_LEVELS);
    if (levels.length > 0) await mailShop(trx, levels);
    return { levels: levels.length };
  });
}

async function mailShop(trx: Transaction, levels: readonly LowLevel[]): Promise<void> {
  const to = await shopEmail(trx);
  if (to) await enqueue(trx, 'send-mail', { template: 'low-stock', to, data: { levels } });
}

function nameOf({ name, title }: LowLevel): string {
  return title ? `${name}, ${title}` : name;
}

function sentence(level: LowLevel): string {
  return `${nameOf(level)} (${level.sku}): ${level.free} free at ${level.location}, low from ${level.low_stock_at} on`;
}
