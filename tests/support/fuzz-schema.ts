/** Good values for the JSON schemas of the OpenAPI document. */
import fc, { type Arbitrary } from 'fast-check';
import { idOf, objectOf, placeholder } from './fuzz-values.ts';

export interface JsonSchema {
  $ref?: string;
  type?: string;
  format?: string;
  pattern?: string;
  enum?: unknown[];
  nullable?: boolean;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
}

/** What of the shop a field of this name holds, where its name is not the kind's. */
const KINDS: Record<string, string> = {
  id: 'cart',
  from: 'location',
  to: 'location',
  method: 'payment_method',
  shipping_method: 'shipping_method',
  slug: 'slug',
};

/** Fields that must be what the shop shows, or everything behind them stays unreached. */
const SHOWN: Record<string, string> = {
  expected_total_minor: 'total',
  expected_payable_minor: 'total',
  version: 'version',
  currency: 'currency',
  code: 'code',
  provider: 'provider',
  country: 'country',
  slug: 'slug',
  category: 'category_slug',
  email: 'email',
  token: 'cart_token',
};

/** @param name the field's, which says what of the shop it means */
export function valueOf(
  schema: JsonSchema,
  components: Record<string, JsonSchema>,
  name = '',
): Arbitrary<unknown> {
  const good = goodValue(schema, components, name);
  return schema.nullable ? fc.option(good, { freq: 8 }) : good;
}

function goodValue(
  schema: JsonSchema,
  components: Record<string, JsonSchema>,
  name: string,
): Arbitrary<unknown> {
  const shown = SHOWN[name];
  if (shown) return fc.oneof({ weight: 4, arbitrary: placeholder(shown) }, { weight: 1, arbitrary: plain() });
  return plain();

  function plain(): Arbitrary<unknown> {
    const inner = (each: JsonSchema, as = name) => valueOf(each, components, as);
    if (schema.$ref) return inner(components[schema.$ref.replace('#/components/schemas/', '')] ?? {});
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
    if (choices) return fc.oneof(...choices.map((each) => inner(each)));
    switch (schema.type) {
      case 'string':
        return text(schema, name);
      case 'integer':
        return integer(schema);
      case 'number':
        return fc.integer({ min: 0, max: 5 });
      case 'boolean':
        return fc.boolean();
      case 'array':
        return fc.array(inner(schema.items ?? {}), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, 3)),
        });
      case 'object':
        return object(schema, inner);
      default:
        return fc.jsonValue({ maxDepth: 1 });
    }
  }
}

/** Mostly few: what a shop can do. */
function integer({ minimum = 0, maximum = 5 }: JsonSchema): Arbitrary<number> {
  const few = fc.integer({ min: Math.max(minimum, -5), max: Math.max(Math.min(maximum, 5), minimum) });
  const any = fc.maxSafeInteger().map((number) => Math.max(minimum, Math.min(maximum, number)));
  return fc.oneof({ weight: 4, arbitrary: few }, { weight: 1, arbitrary: any });
}

function object(
  schema: JsonSchema,
  inner: (each: JsonSchema, as: string) => Arbitrary<unknown>,
): Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {}).map(
    ([key, each]) => [key, inner(each, key)] as const,
  );
  const more = schema.additionalProperties;
  if (properties.length === 0 && more && more !== true) {
    return fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), inner(more, ''), { maxKeys: 3 });
  }
  return fc
    .record(Object.fromEntries(properties), { requiredKeys: schema.required ?? [] })
    .map((record) => objectOf(Object.entries(record)));
}

function text(schema: JsonSchema, name: string): Arbitrary<unknown> {
  switch (schema.format) {
    case 'uuid':
      return idOf(KINDS[name] ?? name);
    case 'email':
      return placeholder('email');
    case 'date-time':
      return fc
        .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString());
    case 'uri':
      return fc.constantFrom('https://shop.example/return', 'http://localhost:3000/a?b=c#d');
    default:
      return fewWords(schema);
  }
}

function fewWords(schema: JsonSchema): Arbitrary<string> {
  const { minLength = 0, maxLength = 24 } = schema;
  if (schema.pattern)
    return fc.stringMatching(new RegExp(schema.pattern)).map((each) => each.slice(0, maxLength));
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 24)) });
}
