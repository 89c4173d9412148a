/** How good lists of related products are, by what was bought afterwards. */

/** The products of one later order, each once. */
export type Basket = readonly string[];
/** The best ten for a product. */
export type Recommend = (product: string) => readonly string[];

export interface Quality {
  /** Given one product of a basket: whether any other of it is among the ten. */
  any: number;
  /** Given one product of a basket: whether a certain other of it is, over all the others. */
  named: number;
  /** Share of the catalogue that is in any list. */
  coverage: number;
}

/**
 * Every product of every basket is given once; a basket counts as one, however many products it has. What has no list misses. Baskets of
 * one product say nothing and must not be among them.
 */
export function qualityOf(
  recommend: Recommend,
  baskets: readonly Basket[],
  catalogue: readonly string[],
): Quality {
  let any = 0;
  let named = 0;
  for (const basket of baskets) {
    const others = new Set(basket);
    const hits = basket.map(
      (given) => recommend(given).filter((each) => each !== given && others.has(each)).length,
    );
    any += hits.filter((count) => count > 0).length / basket.length;
    named += hits.reduce((sum, count) => sum + count, 0) / (basket.length - 1) / basket.length;
  }
  const covered = new Set(catalogue.flatMap((product) => recommend(product)));
  const share = (sum: number, of: number) => (of === 0 ? 0 : sum / of);
  return {
    any: share(any, baskets.length),
    named: share(named, baskets.length),
    coverage: share(covered.size, catalogue.length),
  };
}

/** The products most baskets have, without the given one. */
export function mostBought(baskets: readonly Basket[], size = 10): Recommend {
  const counts = new Map<string, number>();
  for (const product of baskets.flat()) counts.set(product, (counts.get(product) ?? 0) + 1);
  const best = ranked(counts).slice(0, size + 1);
  return (given) => best.filter((product) => product !== given).slice(0, size);
}

/** The products that are in most baskets together with the given one. */
export function mostTogether(baskets: readonly Basket[], size = 10): Recommend {
  const of = new Map<string, Basket[]>();
  for (const basket of baskets)
    for (const product of basket) of.set(product, [...(of.get(product) ?? []), basket]);
  const known = new Map<string, readonly string[]>();
  return (given) => {
    const before = known.get(given);
    if (before) return before;
    const counts = new Map<string, number>();
    for (const product of (of.get(given) ?? []).flat())
      if (product !== given) counts.set(product, (counts.get(product) ?? 0) + 1);
    const best = ranked(counts).slice(0, size);
    known.set(given, best);
    return best;
  };
}

function ranked(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([product]) => product);
}
