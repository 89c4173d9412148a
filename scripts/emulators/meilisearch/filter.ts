/** Filter expressions: `attribute OPERATOR value`, `AND`, `OR`, `NOT`, parentheses; lists of them hold together, lists in lists as any. */
import { facetOf, normalized, valuesAt, type Document } from './documents.ts';
import { MeilisearchError } from './errors.ts';
import { isDeclared } from './settings.ts';

export type Condition = (document: Document) => boolean;

/** @throws MeilisearchError for what cannot be parsed, or names an attribute that is not filterable */
export function parseFilter(filter: unknown, filterable: readonly string[]): Condition {
  if (typeof filter === 'string') return parseExpression(filter, filterable);
  if (!Array.isArray(filter))
    throw refusal('Invalid syntax for the filter parameter: `expected String, Array`.');
  const all = filter.map((each): Condition => {
    if (typeof each === 'string') return parseExpression(each, filterable);
    if (!Array.isArray(each) || each.some((one) => typeof one !== 'string'))
      throw refusal('Invalid syntax for the filter parameter: `expected String, [String]`.');
    const any = (each as string[]).map((one) => parseExpression(one, filterable));
    return (document) => any.some((holds) => holds(document));
  });
  return (document) => all.every((holds) => holds(document));
}

function refusal(message: string): MeilisearchError {
  return new MeilisearchError('invalid_search_filter', message);
}

type Lexeme = { kind: 'word' | 'quoted' | 'sign'; text: string };

const LEXEME = /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(!=|>=|<=|[=<>()[\],])|([^\s"'=<>!()[\],]+))/y;

function lex(text: string): Lexeme[] {
  const found: Lexeme[] = [];
  LEXEME.lastIndex = 0;
  while (LEXEME.lastIndex < text.trimEnd().length) {
    const at = LEXEME.lastIndex;
    const match = LEXEME.exec(text);
    if (!match) throw refusal(`Was expecting an operation at \`${text.slice(at)}\`.`);
    const [, quoted, sign, word] = match;
    if (quoted !== undefined)
      found.push({ kind: 'quoted', text: quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1') });
    else if (sign !== undefined) found.push({ kind: 'sign', text: sign });
    else found.push({ kind: 'word', text: word ?? '' });
  }
  return found;
}

function parseExpression(text: string, filterable: readonly string[]): Condition {
  if (text.trim() === '') return () => true;
  const lexemes = lex(text);
  let at = 0;

  const isWord = (word: string) => lexemes[at]?.kind === 'word' && lexemes[at]?.text === word;
  const isSign = (sign: string) => lexemes[at]?.kind === 'sign' && lexemes[at]?.text === sign;
  const taken = (is: boolean) => {
    if (is) at += 1;
    return is;
  };
  const expect = (sign: string) => {
    if (!taken(isSign(sign))) throw refusal(`Expression \`${text}\` is missing \`${sign}\`.`);
  };
  const value = (): string => {
    const lexeme = lexemes[at];
    if (!lexeme || lexeme.kind === 'sign') throw refusal(`Was expecting a value in \`${text}\`.`);
    at += 1;
    return lexeme.text;
  };

  const or = (): Condition => {
    const any = [and()];
    while (taken(isWord('OR'))) any.push(and());
    return (document) => any.some((holds) => holds(document));
  };
  const and = (): Condition => {
    const all = [not()];
    while (taken(isWord('AND'))) all.push(not());
    return (document) => all.every((holds) => holds(document));
  };
  const not = (): Condition => {
    if (taken(isWord('NOT'))) {
      const holds = not();
      return (document) => !holds(document);
    }
    if (taken(isSign('('))) {
      const holds = or();
      expect(')');
      return holds;
    }
    return condition();
  };
  const condition = (): Condition => {
    const attribute = value();
    if (!isDeclared(filterable, attribute)) {
      const available =
        filterable.length > 0
          ? ` Available filterable attribute patterns are: \`${filterable.join(', ')}\`.`
          : ' This index does not have configured filterable attributes.';
      throw refusal(`Attribute \`${attribute}\` is not filterable.${available}`);
    }
    if (taken(isSign('='))) return equals(attribute, value());
    if (taken(isSign('!='))) return negated(equals(attribute, value()));
    for (const sign of ['>=', '<=', '>', '<'] as const)
      if (taken(isSign(sign))) return compares(attribute, sign, number(value()));
    const isNegated = taken(isWord('NOT'));
    const maybe = isNegated ? negated : (holds: Condition) => holds;
    if (taken(isWord('EXISTS'))) return maybe((document) => valuesAt(document, attribute) !== undefined);
    if (taken(isWord('IN'))) return maybe(among(attribute, list()));
    if (!isNegated && taken(isWord('IS'))) return is(attribute);
    const low = number(value());
    if (!taken(isWord('TO'))) throw refusal(`Was expecting an operation in \`${text}\`.`);
    const [from, to] = [compares(attribute, '>=', low), compares(attribute, '<=', number(value()))];
    return (document) => from(document) && to(document);
  };
  const is = (attribute: string): Condition => {
    const maybe = taken(isWord('NOT')) ? negated : (holds: Condition) => holds;
    if (taken(isWord('NULL')))
      return maybe((document) => valuesAt(document, attribute)?.includes(null) ?? false);
    if (taken(isWord('EMPTY')))
      return maybe((document) => {
        const values = valuesAt(document, attribute);
        return values !== undefined && (values.length === 0 || values.includes(''));
      });
    throw refusal(`Was expecting NULL or EMPTY in \`${text}\`.`);
  };
  const list = (): string[] => {
    expect('[');
    const values: string[] = [];
    while (!isSign(']')) {
      values.push(value());
      if (!taken(isSign(','))) break;
    }
    expect(']');
    return values;
  };
  const number = (given: string): number => {
    const parsed = Number(given);
    if (!Number.isFinite(parsed)) throw refusal(`\`${given}\` is not a number in \`${text}\`.`);
    return parsed;
  };

  const holds = or();
  if (at < lexemes.length)
    throw refusal(
      `Found unexpected characters at the end of the filter: \`${lexemes[at]?.text}\`. You probably forgot an \`OR\` or an \`AND\` rule.`,
    );
  return holds;
}

function negated(holds: Condition): Condition {
  return (document) => !holds(document);
}

function facetsAt(document: Document, attribute: string): (number | string)[] {
  return (valuesAt(document, attribute) ?? []).flatMap((value) => facetOf(value) ?? []);
}

function equals(attribute: string, wanted: string): Condition {
  return among(attribute, [wanted]);
}

function among(attribute: string, wanted: readonly string[]): Condition {
  const texts = new Set(wanted.map(normalized));
  const numbers = new Set(wanted.filter((text) => text.trim() !== '').map(Number));
  return (document) =>
    facetsAt(document, attribute).some((facet) =>
      typeof facet === 'number' ? numbers.has(facet) : texts.has(normalized(facet)),
    );
}

function compares(attribute: string, sign: '>=' | '<=' | '>' | '<', bound: number): Condition {
  const holds: Record<typeof sign, (value: number) => boolean> = {
    '>=': (value) => value >= bound,
    '<=': (value) => value <= bound,
    '>': (value) => value > bound,
    '<': (value) => value < bound,
  };
  return (document) =>
    facetsAt(document, attribute).some((facet) => typeof facet === 'number' && holds[sign](facet));
}
