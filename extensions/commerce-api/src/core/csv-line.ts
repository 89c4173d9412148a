/**
 * One line of a CSV file, every cell quoted. A leading apostrophe keeps spreadsheets from running text that looks like a formula.
 */
export function csvLine(cells: readonly (string | number)[]): string {
  const quoted = cells.map((cell) => {
    const text = String(cell).replaceAll('"', '""');
    return `"${/^[=+\-@\t\r]/.test(text) ? `'${text}` : text}"`;
  });
  return `${quoted.join(',')}\n`;
}
