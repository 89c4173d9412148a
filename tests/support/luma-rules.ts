/**
 * Magento's price rules as promotions of ours. A rule's conditions say whether a cart gets it, its actions which goods; both are
 * trees of conditions, here with URL keys in place of category ids. What has no promotion of ours to say it throws: a rule
 * is translated whole or not at all.
 */
import { lumaRows, minorOf, type LumaRow } from './luma-catalogue.ts';

/** Columns of `promotions`, and what its scopes name: categories by URL key, variants by SKU, tags by slug. */
export interface LumaPromotion {
  promotion: {
    name: string;
    description: string;
    status: 'active' | 'inactive';
    kind: 'percentage' | 'free_shipping' | 'buy_x_get_y';
    value_ppm: number | null;
    buy_quantity: number | null;
    get_quantity: number | null;
    minimum_subtotal_minor: number | null;
    minimum_basis: 'scope' | 'cart';
    code: string | null;
    requires_code: boolean;
    usage_limit_per_customer: number | null;
    stackable: boolean;
    priority: number;
  };
  scopes: LumaScope[];
}

export interface LumaScope {
  effect: 'include' | 'exclude';
  on: 'category' | 'variant' | 'tag';
  named: string;
}

/** As much of a node of Magento's trees as is used here. */
interface Condition {
  type: string;
  attribute: string | null;
  operator: string | null;
  value: string | string[] | null;
  /** Whether all conditions must be met, and met (`1`) or not met (`0`). */
  aggregator?: string;
  conditions?: Condition[];
}

/**
 * Catalogue rules first, as they change prices before any cart is looked at; then the cart's rules in their order. Magento
 * applies all that fit until one stops the rest, and none does.
 */
export function lumaPromotions(): LumaPromotion[] {
  const catalogue = lumaRows('CatalogRule/catalog_rules.csv').map(ofCatalogueRule);
  const rules = [...catalogue, ...lumaRows('SalesRule/sales_rules.csv').map(ofCartRule)];
  return rules.map((rule, index) => ({
    ...rule,
    promotion: { ...rule.promotion, stackable: true, priority: rules.length - index },
  }));
}

/**
 * A catalogue rule changes prices; as a promotion it is taken off in the cart instead. That costs a shopper the same, but the
 * minimums of other promotions are compared with the price before it.
 */
function ofCatalogueRule(rule: LumaRow): LumaPromotion {
  return {
    promotion: { ...common(rule), ...effectOf(rule) },
    scopes: childrenOf(treeOf(rule['conditions_serialized']!)).flatMap((each) => scopesFor(each, 'include')),
  };
}

/**
 * A cart's rule. For the free tee Magento asks for a tee in the cart and then gives every fourth unit of any one line; what is
 * meant is in its name, so what must be found is its scope here, and of all of it the cheapest is free.
 */
function ofCartRule(rule: LumaRow): LumaPromotion {
  if (rule['stop_rules_processing'] !== '0') throw untranslatable(rule['name'], 'it stops other rules');
  const conditions = childrenOf(treeOf(rule['conditions_serialized']!));
  const minimums = conditions.filter(({ type }) => type.endsWith('\\Address')).map(minimumOf);
  const founds = conditions.filter(({ type }) => type.endsWith('\\Product\\Found'));
  if (minimums.length + founds.length < conditions.length || minimums.length > 1) {
    throw untranslatable(rule['name'], 'conditions of another kind');
  }
  const effect = effectOf(rule);
  const found = founds.flatMap((each) => childrenOf(each)).flatMap((each) => scopesFor(each, 'include'));
  const acted = childrenOf(treeOf(rule['actions_serialized']!)).flatMap(actedOn);
  if (found.length > 0 && (acted.length > 0 || effect.kind !== 'buy_x_get_y')) {
    throw untranslatable(rule['name'], 'goods that must be there and are not what it is for');
  }
  return { promotion: { ...common(rule), ...effect, ...minimums[0] }, scopes: [...found, ...acted] };
}

function common(rule: LumaRow): LumaPromotion['promotion'] {
  const { name, description, is_active, coupon_code, uses_per_customer } = rule;
  return {
    name: name!,
    description: description!,
    status: is_active === '1' ? 'active' : 'inactive',
    kind: 'percentage',
    value_ppm: null,
    buy_quantity: null,
    get_quantity: null,
    minimum_subtotal_minor: null,
    minimum_basis: 'scope',
    code: coupon_code || null,
    requires_code: Boolean(coupon_code),
    usage_limit_per_customer: uses_per_customer ? Number(uses_per_customer) : null,
    stackable: true,
    priority: 0,
  };
}

/** Free shipping is nothing per cent off, with the shipping let off. */
function effectOf(rule: LumaRow) {
  const amount = Number(rule['discount_amount']);
  if (rule['simple_action'] === 'buy_x_get_y') {
    return {
      kind: 'buy_x_get_y',
      buy_quantity: Number(rule['discount_step']),
      get_quantity: amount,
    } as const;
  }
  if (rule['simple_action'] !== 'by_percent') throw untranslatable(rule['name'], rule['simple_action']);
  if (amount > 0) return { kind: 'percentage', value_ppm: amount * 10_000 } as const;
  if (Number(rule['simple_free_shipping']) === 0) throw untranslatable(rule['name'], 'it gives nothing');
  return { kind: 'free_shipping' } as const;
}

/** Magento's subtotal is that of the whole cart, before discounts. */
function minimumOf({ attribute, operator, value }: Condition) {
  if (attribute !== 'base_subtotal' || operator !== '>=') throw untranslatable(attribute, operator);
  return { minimum_subtotal_minor: minorOf(String(value)), minimum_basis: 'cart' } as const;
}

/** What a rule acts on: goods that meet a condition, or of a combination with the value 0 those that meet none of its own. */
function actedOn(condition: Condition): LumaScope[] {
  if (!condition.type.endsWith('\\Combine')) return scopesFor(condition, 'include');
  if (condition.value !== '0') throw untranslatable(condition.type, condition.value);
  return childrenOf(condition, '0').flatMap((each) => scopesFor(each, 'exclude'));
}

function scopesFor({ attribute, operator, value }: Condition, effect: LumaScope['effect']): LumaScope[] {
  const values = Array.isArray(value) ? value : [String(value)];
  const isOneOf = operator === '()' || (operator === '==' && values.length === 1);
  if (isOneOf && attribute === 'category_ids') {
    return values.map((named) => ({ effect, on: 'category', named }));
  }
  if (isOneOf && attribute === 'sku') return values.map((named) => ({ effect, on: 'variant', named }));
  if (isOneOf && attribute === 'sale' && value === '1') return [{ effect, on: 'tag', named: 'sale' }];
  throw untranslatable(attribute, `${operator} ${values.join()}`);
}

/** @throws Error unless the node wants all its conditions met, or with the value `0` none of them */
function childrenOf({ type, aggregator, value, conditions = [] }: Condition, wanted = '1'): Condition[] {
  if (aggregator !== 'all' || value !== wanted) throw untranslatable(type, `${aggregator} ${String(value)}`);
  return conditions;
}

/** JSON, but for values like `%url_key=tees-women,url_key=tees-men%`. */
function treeOf(serialized: string): Condition {
  const keys = (list: string) => JSON.stringify(list.split(',').map((key) => key.replace('url_key=', '')));
  return JSON.parse(serialized.replaceAll(/%([^%]+)%/g, (_, list: string) => keys(list))) as Condition;
}

function untranslatable(what: unknown, why: unknown): Error {
  return new Error(`No promotion says what Magento's ${String(what)} does: ${String(why)}`);
}
