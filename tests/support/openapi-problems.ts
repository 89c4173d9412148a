/** What is wrong with an OpenAPI 3.0 document, beyond what its schema can say too. Empty when all is well. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

const schema = JSON.parse(
  readFileSync(new URL('./openapi-3.0.schema.json', import.meta.url), 'utf8'),
) as object;
// The schema names formats without defining them, and its oneOf branches are not strict in Ajv's sense.
const isDocument = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);

interface Operation {
  operationId?: string;
  tags?: string[];
  security?: Record<string, unknown>[];
  parameters?: { $ref?: string; name?: string; in?: string }[];
}

export function openApiProblems(document: unknown): string[] {
  const problems: string[] = [];
  if (!isDocument(document)) {
    problems.push(
      ...(isDocument.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`),
    );
  }
  visit(document, '', (reference, place) => {
    if (resolve(document, reference) === undefined)
      problems.push(`${place} points at ${reference}, which is nowhere`);
  });

  const { paths, tags, components } = document as {
    paths: Record<string, Record<string, Operation>>;
    tags?: { name: string }[];
    components?: { securitySchemes?: object };
  };
  const ids = new Set<string>();
  const tagNames = (tags ?? []).map((tag) => tag.name);
  if (new Set(tagNames).size !== tagNames.length) problems.push('a tag is declared twice');
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const place = `${method.toUpperCase()} ${path}`;
      const { operationId, parameters = [] } = operation;
      if (operationId === undefined || ids.has(operationId))
        problems.push(`${place} has no operationId of its own`);
      if (operationId !== undefined) ids.add(operationId);
      for (const tag of operation.tags ?? []) {
        if (!tagNames.includes(tag)) problems.push(`${place} has the undeclared tag ${tag}`);
      }
      for (const scheme of (operation.security ?? []).flatMap((each) => Object.keys(each))) {
        if (!(scheme in (components?.securitySchemes ?? {})))
          problems.push(`${place} uses the unknown scheme ${scheme}`);
      }
      const resolved = parameters.map((each) =>
        each.$ref ? (resolve(document, each.$ref) as typeof each | undefined) : each,
      );
      const inPath = resolved.filter((each) => each?.in === 'path').map((each) => each?.name ?? '');
      const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
      if (inPath.sort().join() !== placeholders.sort().join()) {
        problems.push(`${place} describes the path parameters ${inPath.join() || 'none'}`);
      }
    }
  }
  return problems;
}

function visit(value: unknown, place: string, onReference: (reference: string, place: string) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref' && typeof inner === 'string') onReference(inner, place);
    else visit(inner, `${place}/${key}`, onReference);
  }
}

function resolve(document: unknown, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  return reference
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], document);
}
