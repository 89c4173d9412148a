/** What a GraphQL document may ask, read with the parser Directus uses, and before Directus does. */
import { Kind, parse, valueFromASTUntyped, visit, type DocumentNode, type FieldNode } from 'graphql';
import { EndlessFragment, shapeOf, type Shape } from './graphql-shape.ts';
import { hasOddGeometry } from './geometry-types.ts';
import { BATCH, type Bounds } from './limits.ts';
import { firstProblem, isObject, problem, type Problem } from './problem.ts';
import { queryProblem } from './query-problem.ts';

type Variables = Record<string, unknown>;

/** A document that does not parse is no problem here: Directus says where it is wrong. */
export function graphQlProblem(
  text: string,
  variables: unknown,
  bounds: Bounds,
  is_schema_open: boolean,
): Problem | null {
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens: bounds.graphql.tokens });
  } catch (error) {
    return /tokens/.test((error as Error).message) ? beyond(`${bounds.graphql.tokens} tokens`) : null;
  }
  const given = withDefaults(document, isObject(variables) ? variables : {});
  return firstProblem([
    () => shapeProblem(document, bounds.graphql),
    () => countProblem(document, bounds.graphql),
    () => fieldProblem(document, given, bounds, is_schema_open),
  ]);
}

function beyond(what: string): Problem {
  return problem('query', `has more than ${what}`);
}

function shapeProblem(document: DocumentNode, limits: Bounds['graphql']): Problem | null {
  let shape: Shape;
  try {
    shape = shapeOf(document);
  } catch (error) {
    if (error instanceof EndlessFragment) return problem('query', 'has a fragment that spreads itself');
    throw error;
  }
  if (shape.depth > limits.depth) return beyond(`${limits.depth} levels`);
  if (shape.roots > limits.roots) return beyond(`${limits.roots} fields at its root`);
  return shape.fields > limits.fields ? beyond(`${limits.fields} fields`) : null;
}

function countProblem(document: DocumentNode, limits: Bounds['graphql']): Problem | null {
  let aliases = 0;
  let directives = 0;
  visit(document, {
    Field: ({ alias }) => void (aliases += alias ? 1 : 0),
    Directive: () => void (directives += 1),
  });
  if (aliases > limits.aliases) return beyond(`${limits.aliases} aliases`);
  return directives > limits.directives ? beyond(`${limits.directives} directives`) : null;
}

function fieldProblem(
  document: DocumentNode,
  variables: Variables,
  { query }: Bounds,
  is_schema_open: boolean,
): Problem | null {
  let found: Problem | null = null;
  visit(document, {
    Field(node) {
      const name = node.name.value;
      if (!is_schema_open && (name === '__schema' || name === '__type')) {
        found ??= problem('query', 'asks for the schema, which /docs describes');
      }
      const given = argumentsOf(node, variables);
      const isLong = Object.values(given).some((each) => Array.isArray(each) && each.length > BATCH);
      if (isLong) found ??= problem(name, `is given more than ${BATCH} things at once`);
      if (hasOddGeometry(given)) found ??= problem(`${name}.type`, 'is no type of geometry');
      const wrong = queryProblem(given, query);
      if (wrong) found ??= problem(`${name}.${wrong.path}`, wrong.reason);
    },
  });
  return found;
}

function argumentsOf(node: FieldNode, variables: Variables): Record<string, unknown> {
  const given = (node.arguments ?? []).map(({ name, value }): [string, unknown] => [
    name.value,
    valueFromASTUntyped(value, variables),
  ]);
  return Object.fromEntries(given);
}

function withDefaults(document: DocumentNode, variables: Variables): Variables {
  const defaults = document.definitions
    .flatMap((each) => (each.kind === Kind.OPERATION_DEFINITION ? (each.variableDefinitions ?? []) : []))
    .flatMap(({ variable, defaultValue }): [string, unknown][] =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    );
  return { ...Object.fromEntries(defaults), ...variables };
}
