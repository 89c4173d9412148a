/** Looks for card numbers where none may be: in every row of every table, and in whatever a process wrote. */
import { rows, type Queryable } from '../../extensions/commerce-api/src/platform/database.ts';
import { findTestCardByNumber } from '../../scripts/emulators/stripe/test-cards.ts';

export interface Finding {
  /** Table and column, or what else was read. */
  where: string;
  what: 'card number' | 'security code';
  text: string;
}

const SYSTEM = ['pg_catalog', 'information_schema', 'pg_toast'];

/**
 * Reads every column of every table that may hold text, JSON, bytes or a long number. Views are left out: their rows are
 * somewhere else.
 * @returns which columns, and what was found in them
 */
export async function cardDataInDatabase(db: Queryable): Promise<{ columns: string[]; findings: Finding[] }> {
  const columns = await rows<{ schema: string; table: string; column: string; type: string }>(
    db,
    `select n.nspname as schema, c.relname as table, a.attname as column, format_type(a.atttypid, null) as type
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_type t on t.oid = a.atttypid left join pg_type e on e.oid = t.typelem
     where c.relkind in ('r', 'p', 'm') and a.attnum > 0 and not a.attisdropped and n.nspname <> all(?::text[])
       and (t.typcategory = 'S' or e.typcategory = 'S' or t.typname in ('json', 'jsonb', 'bytea', 'xml', 'numeric', 'int8'))
     order by 1, 2, a.attnum`,
    [SYSTEM],
  );
  const findings: Finding[] = [];
  for (const { schema, table, column, type } of columns) {
    const name = `"${column}"`;
    const text = type === 'bytea' ? `encode(${name}, 'escape')` : `${name}::text`;
    const found = await rows<{ text: string }>(
      db,
      `select distinct ${text} as text from "${schema}"."${table}" where ${text} ~ '[0-9]'`,
    );
    for (const each of found) findings.push(...cardDataIn(`${schema}.${table}.${column}`, each.text));
  }
  return { columns: columns.map(({ schema, table, column }) => `${schema}.${table}.${column}`), findings };
}

/** Card numbers the emulator knows, with or without separators and however they stand among other digits, and security codes. */
export function cardDataIn(where: string, text: string): Finding[] {
  const numbers = new Set<string>();
  // Digits that are grouped by one separator, as people and forms write them.
  for (const [run] of text.matchAll(/\d(?:[ \-.\u00a0]?\d){12,}/g)) {
    const digits = run.replaceAll(/\D/g, '');
    for (let length = 13; length <= 19; length += 1) {
      for (let start = 0; start + length <= digits.length; start += 1) {
        const number = digits.slice(start, start + length);
        if (passesLuhn(number) && findTestCardByNumber(number)) numbers.add(number);
      }
    }
  }
  const codes = text.match(
    /\b(?:cvc|cvv2?|csc|security[ _]?code|card\[cvc\])\b\\?["'\]]*\s*[:=]\s*\\?["']?\d{3,4}\b/gi,
  );
  return [
    ...[...numbers].map((number) => ({ where, what: 'card number' as const, text: number })),
    ...(codes ?? []).map((code) => ({ where, what: 'security code' as const, text: code })),
  ];
}

function passesLuhn(number: string): boolean {
  let sum = 0;
  for (const [index, digit] of [...number].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
