/** How large a GraphQL document is once its fragments are put in: measured without putting them in. */
import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

export interface Shape {
  /** Selections within each other. */
  depth: number;
  fields: number;
  /** Fields right here, those of fragments included. */
  roots: number;
}

/** Fragments that spread themselves have no end. */
export class EndlessFragment extends Error {}

const NOTHING: Shape = { depth: 0, fields: 0, roots: 0 };

/** Of all operations together. @throws EndlessFragment */
export function shapeOf({ definitions }: DocumentNode): Shape {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions)
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  const measured = new Map<string, Shape>();
  const open = new Set<string>();

  function ofSet(set: SelectionSetNode | undefined): Shape {
    return (set?.selections ?? []).map(ofSelection).reduce(together, NOTHING);
  }

  function ofSelection(node: SelectionNode): Shape {
    if (node.kind === Kind.INLINE_FRAGMENT) return ofSet(node.selectionSet);
    if (node.kind === Kind.FRAGMENT_SPREAD) return ofFragment(node.name.value);
    const { depth, fields } = ofSet(node.selectionSet);
    return { depth: depth + 1, fields: fields + 1, roots: 1 };
  }

  function ofFragment(name: string): Shape {
    const known = measured.get(name);
    if (known) return known;
    if (open.has(name)) throw new EndlessFragment(name);
    open.add(name);
    const shape = ofSet(fragments.get(name)?.selectionSet);
    open.delete(name);
    measured.set(name, shape);
    return shape;
  }

  return definitions
    .map((each) => (each.kind === Kind.OPERATION_DEFINITION ? ofSet(each.selectionSet) : NOTHING))
    .reduce(together, NOTHING);
}

function together(a: Shape, b: Shape): Shape {
  return { depth: Math.max(a.depth, b.depth), fields: a.fields + b.fields, roots: a.roots + b.roots };
}
