/** Reads `a[b]=1&c[0]=x`, the way Stripe's API takes parameters, and gives the leaves the types the contract wants. */
import { badParameter } from './errors.ts';
import type { JsonSchema } from './contract.ts';

export type FormNode = { [key: string]: string | FormNode };

const DEEPEST = 10;
const MOST_PARAMETERS = 1000;

/**
 * Decodes a form body or query string. `a[]=x` counts on from the entries before it. Arrays come out as objects with
 * numeric keys: only the contract can tell them from maps.
 * @throws StripeApiError when one name is used both as a value and as a map, or the form is absurdly large.
 */
export function decodeForm(text: string): FormNode {
  const root: FormNode = Object.create(null);
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > MOST_PARAMETERS) throw badParameter('Too many parameters.');
  for (const [name, value] of pairs) {
    const path = pathOf(name);
    let node = root;
    for (const step of path.slice(0, -1)) {
      const key = keyIn(node, step);
      const next = node[key] ?? Object.create(null);
      if (typeof next === 'string') throw badParameter('Invalid object', name);
      node[key] = next;
      node = next;
    }
    const leaf = keyIn(node, path.at(-1) ?? '');
    if (typeof node[leaf] === 'object') throw badParameter('Invalid string', name);
    node[leaf] = value;
  }
  return root;
}

/**
 * Turns decoded strings into what the schema asks for: integers, numbers, booleans, arrays. What does not fit is left
 * as it is, for the validation to name.
 */
export function coerce(value: string | FormNode, schema: JsonSchema): unknown {
  if (schema.anyOf) return coerceToOneOf(value, schema.anyOf);
  if (typeof value === 'string') return coerceLeaf(value, schema);
  if (schema.type === 'array') {
    const items = listOf(value);
    return items ? items.map((item) => coerce(item, schema.items ?? {})) : value;
  }
  if (schema.type !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, coerce(child, childSchema(schema, key))]),
  );
}

function childSchema(schema: JsonSchema, key: string): JsonSchema {
  const named =
    schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
  if (named) return named;
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
}

function coerceLeaf(value: string, schema: JsonSchema): unknown {
  if (schema.type === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value);
  if (schema.type === 'number' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (schema.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function coerceToOneOf(value: string | FormNode, branches: JsonSchema[]): unknown {
  if (typeof value === 'string') {
    if (branches.some((branch) => branch.enum?.includes(value))) return value;
    for (const branch of branches) {
      const coerced = coerceLeaf(value, branch);
      if (coerced !== value) return coerced;
    }
    return value;
  }
  const array = branches.find((branch) => branch.type === 'array');
  if (array && listOf(value)) return coerce(value, array);
  const object = branches.find((branch) => branch.type === 'object');
  return object ? coerce(value, object) : value;
}

/** The values in the order of their numeric keys, or undefined when a key is no number. */
function listOf(node: FormNode): (string | FormNode)[] | undefined {
  const entries = Object.entries(node);
  if (!entries.every(([key]) => /^\d+$/.test(key))) return undefined;
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
}

function pathOf(name: string): string[] {
  const head = /^[^[\]]+/.exec(name)?.[0];
  if (head === undefined) throw badParameter(`Invalid parameter name: ${name}`, name);
  const rest = name.slice(head.length);
  if (!/^(\[[^[\]]*\])*$/.test(rest)) throw badParameter(`Invalid parameter name: ${name}`, name);
  const path = [head, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '')];
  if (path.length > DEEPEST) throw badParameter(`Parameter nested too deeply: ${name}`, name);
  return path;
}

/** `[]` stands for the next free number. */
function keyIn(node: FormNode, step: string): string {
  return step === '' ? String(Object.keys(node).length) : step;
}
