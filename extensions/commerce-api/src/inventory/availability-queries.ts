/** SQL on what can be sold now. */
import { rows, type Queryable } from '../platform/database.ts';

export interface StockedRow {
  track_stock: boolean;
  allow_backorder: boolean;
  backorder_limit: number | null;
  /** When its next delivery is announced for. */
  preorder_ships_at: Date | string | null;
  available: number;
  owed: number;
  has_level: boolean;
}

export interface AvailabilityRow extends StockedRow {
  variant: string;
  now: Date;
  /** Of a bundle; null for what is kept itself. */
  parts: (StockedRow & { quantity: number })[] | null;
}

/** The stock of those variants that shoppers may see. One statement. */
export function availabilityOf(db: Queryable, variants: readonly string[]): Promise<AvailabilityRow[]> {
  return rows<AvailabilityRow>(
    db,
    `select v.id as variant, now() as now, v.track_stock, v.allow_backorder, v.backorder_limit, v.preorder_ships_at, stock.*,
       (select json_agg(json_build_object('quantity', b.quantity, 'track_stock', part.track_stock,
          'allow_backorder', part.allow_backorder, 'backorder_limit', part.backorder_limit,
          'preorder_ships_at', part.preorder_ships_at, 'available', of_part.available, 'owed', of_part.owed,
          'has_level', of_part.has_level))
        from bundle_items b join product_variants part on part.id = b.part
        cross join lateral commerce.stock_of(part.id) of_part where b.bundle = v.id) as parts
     from product_variants v
     join products p on p.id = v.product and p.status = 'published'
       and (p.published_at is null or p.published_at <= now())
     cross join lateral commerce.stock_of(v.id) stock
     where v.id = any(?::uuid[]) and v.status = 'published'`,
    [variants],
  );
}
