/** The options of a product (size, colour) as several lines of a file give them. Pure. */
import type { Column, CsvRow } from './read-shopify-csv.ts';

export interface ProductOption {
  name: string;
  values: string[];
}

export interface OptionReader {
  /** The chosen value by option, in the order of the options. */
  valuesOf: (row: CsvRow) => Record<string, string>;
  /** The options with the values these variants have. */
  usedBy: (choices: readonly Record<string, string>[]) => ProductOption[];
}

type Warn = (row: CsvRow, column: Column, problem: string) => void;

const PLACES = [1, 2, 3] as const;
/** How Shopify marks a product without options. */
const NO_OPTION = { name: 'title', value: 'Default Title' };

/**
 * Reads option names from the first line that has them. Spellings that differ only in case are one: the first counts, and a
 * name all in capitals is written with one (`COLOR` is `Color`).
 */
export function optionReader(rows: readonly CsvRow[], warn: Warn): OptionReader {
  const names: { column: Column; name: string }[] = [];
  for (const place of PLACES) {
    const name = nameOf(rows, place, warn);
    if (name === null) continue;
    const isTaken = names.some((other) => other.name.toLowerCase() === name.toLowerCase());
    names.push({ column: `Option${place} Value`, name: isTaken ? `${name} ${place}` : name });
  }
  const spelling = new Map<string, string>();
  return {
    valuesOf: (row) => {
      const values: Record<string, string> = {};
      for (const { column, name } of names) {
        const value = row.cells[column] ?? '';
        const key = `${name}\n${value.toLowerCase()}`;
        if (!spelling.has(key)) spelling.set(key, value);
        if (value !== '') values[name] = spelling.get(key) ?? value;
      }
      return values;
    },
    usedBy: (choices) =>
      names
        .map(({ name }) => ({
          name,
          values: [...new Set(choices.map((choice) => choice[name]).filter(isGiven))],
        }))
        .filter(({ values }) => values.length > 0),
  };
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined;
}

/** The option's name, or null when the place is empty or only says that there is no option. */
function nameOf(rows: readonly CsvRow[], place: 1 | 2 | 3, warn: Warn): string | null {
  const nameColumn: Column = `Option${place} Name`;
  const valueColumn: Column = `Option${place} Value`;
  const named = rows.filter((row) => (row.cells[nameColumn] ?? '') !== '');
  const values = rows.map((row) => row.cells[valueColumn] ?? '').filter((value) => value !== '');
  if (values.length === 0) return null;
  const name = named[0]?.cells[nameColumn] ?? '';
  for (const row of named) {
    const other = row.cells[nameColumn] ?? '';
    if (other.toLowerCase() !== name.toLowerCase())
      warn(row, nameColumn, `Called ${name} on an earlier line; that name counts.`);
  }
  if (name.toLowerCase() === NO_OPTION.name && values.every((value) => value === NO_OPTION.value))
    return null;
  return name === '' ? `Option ${place}` : oneSpelling(name);
}

function oneSpelling(name: string): string {
  const isPlain = name !== name.toUpperCase() && name !== name.toLowerCase();
  return isPlain ? name : name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();
}
