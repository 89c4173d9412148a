/** Tax classes and the value-added tax of the European Union, Great Britain, Switzerland and Norway. See README.md. */

/** Classes by code. The one that is default applies to products and shipping methods that name none. */
export const TAX_CLASSES = [
  { code: 'standard', name: 'Standard rate', is_default: true },
  { code: 'reduced', name: 'Reduced rate', is_default: false },
  { code: 'zero', name: 'Zero rate', is_default: false },
] as const;

export type TaxClassCode = (typeof TAX_CLASSES)[number]['code'];

export interface TaxRate {
  tax_class: TaxClassCode;
  /** ISO 3166 alpha-2, or `*` for any country. */
  country: string;
  region: string | null;
  name: string;
  rate_ppm: number;
}

/**
 * Country: standard rate, reduced rate, in ppm, as of August 2025. Of several reduced rates this is the lowest that is not
 * "super-reduced"; Denmark has none, so reduced goods pay the standard rate there.
 */
const VAT: Record<string, readonly [standard_ppm: number, reduced_ppm: number]> = {
  AT: [200_000, 100_000],
  BE: [210_000, 60_000],
  BG: [200_000, 90_000],
  CY: [190_000, 50_000],
  CZ: [210_000, 120_000],
  DE: [190_000, 70_000],
  DK: [250_000, 250_000],
  EE: [240_000, 130_000],
  ES: [210_000, 100_000],
  FI: [255_000, 100_000],
  FR: [200_000, 55_000],
  GR: [240_000, 60_000],
  HR: [250_000, 50_000],
  HU: [270_000, 50_000],
  IE: [230_000, 90_000],
  IT: [220_000, 50_000],
  LT: [210_000, 50_000],
  LU: [170_000, 80_000],
  LV: [210_000, 50_000],
  MT: [180_000, 50_000],
  NL: [210_000, 90_000],
  PL: [230_000, 50_000],
  PT: [230_000, 60_000],
  RO: [210_000, 110_000],
  SE: [250_000, 60_000],
  SI: [220_000, 50_000],
  SK: [230_000, 50_000],
  GB: [200_000, 50_000],
  CH: [81_000, 26_000],
  NO: [250_000, 150_000],
};

/** The members of the European Union; the VAT table has three more countries. */
export const EU_COUNTRIES: readonly string[] = Object.keys(VAT).filter(
  (code) => !['GB', 'CH', 'NO'].includes(code),
);

export const TAX_RATES: readonly TaxRate[] = [
  ...Object.entries(VAT).flatMap(([country, [standard, reduced]]) => [
    vat('standard', country, standard),
    vat('reduced', country, reduced),
  ]),
  { tax_class: 'zero', country: '*', region: null, name: 'Zero rate', rate_ppm: 0 },
];

function vat(tax_class: TaxClassCode, country: string, rate_ppm: number): TaxRate {
  return { tax_class, country, region: null, name: `VAT ${rate_ppm / 10_000} %`, rate_ppm };
}
