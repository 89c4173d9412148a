/** Parts per million as people type and read them: as a percentage with up to four digits after the point, always exact. */

const DIGITS = 4;
const PPM_PER_PERCENT = 10 ** DIGITS;
const LIMIT_PPM = 100 * PPM_PER_PERCENT;

export type TypedPercent = { ppm: number | null } | { problem: string };

/** What somebody typed, as parts per million; empty is null. A comma may stand for the point, a per cent sign may follow. */
export function readPercent(text: string): TypedPercent {
  const compact = text.replace(/\s/g, '').replace(/%$/, '').replace(',', '.');
  if (compact === '') return { ppm: null };
  const parts = /^(\d{1,3})(?:\.(\d{0,4}))?$/.exec(compact);
  const ppm = parts ? Number(parts[1]) * PPM_PER_PERCENT + Number((parts[2] ?? '').padEnd(DIGITS, '0')) : NaN;
  if (ppm <= LIMIT_PPM) return { ppm };
  return { problem: 'Write a percentage from 0 to 100, like 7.5, with at most four digits after the point.' };
}

/** Parts per million as the text to edit, without needless digits; empty for null. */
export function percentAsTyped(ppm: number | null): string {
  if (ppm === null) return '';
  const rest = String(ppm % PPM_PER_PERCENT)
    .padStart(DIGITS, '0')
    .replace(/0+$/, '');
  const whole = Math.trunc(ppm / PPM_PER_PERCENT);
  return rest === '' ? String(whole) : `${whole}.${rest}`;
}

/** Parts per million as the reader's language writes percentages: 82,500 is 8.25 %. Exact, since Intl is given text. */
export function percentAsRead(ppm: number, language: string): string {
  const format = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: DIGITS });
  const part = `${Math.trunc(ppm / LIMIT_PPM)}.${String(ppm % LIMIT_PPM).padStart(6, '0')}`;
  return format.format(part as `${number}`);
}
