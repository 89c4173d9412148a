import { rows, type Queryable } from '../platform/database.ts';

export interface AvailabilityRow {
  variant: string;
  /** On hand and not reserved, over active locations. Below zero where backorders were taken. */
  free: number;
  track_stock: boolean;
  allow_backorder: boolean;
}

/** The stock of those variants that shoppers may see. One statement. */
export function availabilityOf(db: Queryable, variants: string[]): Promise<AvailabilityRow[]> {
  return rows<AvailabilityRow>(
    db,
    `select v.id as variant, v.track_stock, v.allow_backorder,
       coalesce((
         select sum(s.on_hand - s.reserved) from stock_levels s join stock_locations l on l.id = s.location and l.active
         where s.variant = v.id), 0) as free
     from product_variants v
     join products p on p.id = v.product and p.status = 'published'
       and (p.published_at is null or p.published_at <= now())
     where v.id = any(?::uuid[]) and v.status = 'published'`,
    [variants],
  );
}
