import { changed, type Transaction } from '../platform/database.ts';

/** Opens empty stock levels where there are none. An empty level needs no movement: the ledger's sum is zero too. */
export async function openStockLevels(
  trx: Transaction,
  location: string,
  variants: readonly string[],
): Promise<void> {
  await changed(
    trx,
    `insert into stock_levels (variant, location, on_hand, reserved) select unnest(?::uuid[]), ?, 0, 0
     on conflict (variant, location) do nothing`,
    [variants, location],
  );
}
