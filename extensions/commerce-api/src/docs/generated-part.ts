/** Joins the part of the document that Directus generates for a caller to ours. */
import type { JsonObject, OpenApiDocument, Operation } from './openapi.ts';

/** What Directus answers; its parts may be missing or, against the standard, empty. */
export interface GeneratedDocument {
  tags?: ({ name: string } & JsonObject)[];
  paths?: Record<string, Record<string, Operation>>;
  components?: {
    schemas?: Record<string, JsonObject>;
    parameters?: Record<string, JsonObject>;
    responses?: Record<string, JsonObject>;
  };
}

type ComponentKind = 'schemas' | 'parameters' | 'responses';
const KINDS: readonly ComponentKind[] = ['schemas', 'parameters', 'responses'];
const METHODS = new Set(['get', 'put', 'post', 'patch', 'delete', 'head', 'options', 'trace']);

/**
 * One document from both. Ours wins an address both describe; a generated component whose name we use becomes `Directus…`.
 * Neither input is changed.
 */
export function withGeneratedPart(own: OpenApiDocument, generated: GeneratedDocument): OpenApiDocument {
  const renamed = renameClashes(own, plain(generated));
  const components = { ...own.components };
  for (const kind of KINDS) components[kind] = { ...renamed.components?.[kind], ...own.components[kind] };

  const known = new Set(own.tags.map((tag) => tag.name));
  const tags = [...own.tags, ...(renamed.tags ?? []).filter((tag) => !known.has(tag.name))];
  const declared = new Set(tags.map((tag) => tag.name));

  const paths: OpenApiDocument['paths'] = { ...own.paths };
  const taken = new Set(
    Object.values(own.paths).flatMap((item) => Object.values(item).map((each) => each.operationId)),
  );
  for (const [path, item] of Object.entries(renamed.paths ?? {})) {
    const added = Object.entries(item).filter(
      ([method]) => METHODS.has(method) && !own.paths[path]?.[method],
    );
    if (added.length === 0) continue;
    const mended = added.map(([method, operation]) => {
      const complete = mend(path, method, operation, taken);
      return [
        method,
        { ...complete, tags: (complete.tags ?? []).filter((tag) => declared.has(tag)) },
      ] as const;
    });
    paths[path] = { ...Object.fromEntries(mended), ...own.paths[path] };
  }
  return pruneReferences({ ...own, tags, paths, components });
}

/** A copy as JSON has it: Directus leaves undefined members, and shares parts between generations. */
function plain(generated: GeneratedDocument): GeneratedDocument {
  return JSON.parse(JSON.stringify(generated)) as GeneratedDocument;
}

function renameClashes(own: OpenApiDocument, generated: GeneratedDocument): GeneratedDocument {
  const references = new Map<string, string>();
  const components: NonNullable<GeneratedDocument['components']> = {};
  for (const kind of KINDS) {
    const parts = generated.components?.[kind] ?? {};
    const taken = new Set([...Object.keys(own.components[kind]), ...Object.keys(parts)]);
    components[kind] = Object.fromEntries(
      Object.entries(parts).map(([name, part]) => {
        if (!(name in own.components[kind])) return [name, part];
        let free = `Directus${name}`;
        while (taken.has(free)) free += '_';
        taken.add(free);
        references.set(`#/components/${kind}/${name}`, `#/components/${kind}/${free}`);
        return [free, part];
      }),
    );
  }
  if (references.size === 0) return generated;
  return rewrite({ ...generated, components }, (reference) => references.get(reference) ?? reference);
}

/** Fills what the standard asks for and Directus leaves out, and makes the operation's id the only one of its name. */
function mend(path: string, method: string, operation: Operation, taken: Set<string | undefined>): Operation {
  const { security: _ours, ...rest } = operation;
  let { operationId } = operation;
  while (operationId === undefined || taken.has(operationId))
    operationId = `${operationId ?? method + path.replace(/\W+/g, '_')}_`;
  taken.add(operationId);
  const responses = Object.fromEntries(
    Object.entries(operation.responses ?? {}).map(([status, response]) => [
      status,
      '$ref' in response ? response : { description: 'Successful request', ...response },
    ]),
  );
  const parameters = withPathParameters(path, (operation['parameters'] ?? []) as JsonObject[]);
  return {
    ...rest,
    operationId,
    ...(parameters.length > 0 && { parameters }),
    responses:
      Object.keys(responses).length > 0
        ? responses
        : { default: { description: 'No content is described.' } },
  };
}

const PARAMETER_REFERENCES: Record<string, string> = {
  '#/components/parameters/Id': 'id',
  '#/components/parameters/UUId': 'id',
  '#/components/parameters/Collection': 'collection',
};

/** Each parameter once, and one for every placeholder of the path: Directus says some twice and some not at all. */
function withPathParameters(path: string, parameters: JsonObject[]): JsonObject[] {
  const seen = new Map<string, JsonObject>();
  for (const parameter of parameters) {
    const reference = parameter['$ref'];
    const named = typeof reference === 'string' ? PARAMETER_REFERENCES[reference] : undefined;
    const said =
      typeof reference === 'string' ? reference : `${String(parameter['in'])} ${String(parameter['name'])}`;
    const key = named !== undefined ? `path ${named}` : said;
    if (!seen.has(key)) seen.set(key, parameter);
  }
  const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  for (const name of placeholders) {
    const key = `path ${name}`;
    if (!seen.has(key)) seen.set(key, { name, in: 'path', required: true, schema: { type: 'string' } });
  }
  for (const key of [...seen.keys()]) {
    if (key.startsWith('path ') && !placeholders.includes(key.slice('path '.length))) seen.delete(key);
  }
  return [...seen.values()];
}

/** Drops what points at nothing: Directus leaves out schemas a caller may not see, but not every mention of them. */
function pruneReferences(document: OpenApiDocument): OpenApiDocument {
  const exists = (reference: string): boolean => {
    const [, , kind, name] = reference.split('/');
    return name !== undefined && KINDS.some((each) => each === kind && name in document.components[each]);
  };
  return rewrite(document, (reference) => (exists(reference) ? reference : null));
}

/** A copy with every `$ref` replaced; null makes its object one that says nothing. */
function rewrite<Value>(value: Value, change: (reference: string) => string | null): Value {
  if (Array.isArray(value)) return value.map((inner: unknown) => rewrite(inner, change)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const reference = (value as JsonObject)['$ref'];
  if (typeof reference === 'string') {
    const changed = change(reference);
    return (changed === null ? {} : { $ref: changed }) as Value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, rewrite<unknown>(inner, change)]),
  ) as Value;
}
