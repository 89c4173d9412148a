/** Tax classes and the value-added tax of the European Union, Great Britain, Switzerland and Norway. See README.md. */
import { VAT_RATES } from './eu-vat-rates.ts';

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
  /** See `isPostalPattern`; null for the whole region or country. */
  postal_pattern: string | null;
  name: string;
  rate_ppm: number;
}

/** Our own entries beside those of eu-vat-rates.ts, as of August 2025. */
const NEIGHBOURS: typeof VAT_RATES = {
  CH: { standard: 8.1, reduced: [2.6] },
  NO: { standard: 25, reduced: [15] },
};

/**
 * For each country its standard and its lowest reduced rate; Denmark has none, so reduced goods pay the standard rate there. Where
 * a part of a country lies outside its VAT both classes pay nothing, where it has a standard rate of its own only that is
 * declared: its reduced goods pay what the country's do.
 */
export const TAX_RATES: readonly TaxRate[] = [
  ...Object.entries({ ...VAT_RATES, ...NEIGHBOURS }).flatMap(
    ([country, { standard, reduced, elsewhere = [] }]) => [
      vat('standard', country, standard),
      vat('reduced', country, reduced[0] ?? standard),
      ...elsewhere.flatMap((part) =>
        part.postal_patterns.flatMap((postal_pattern) => [
          vatOfPart('standard', country, postal_pattern, part),
          ...(part.standard === 0 ? [vatOfPart('reduced', country, postal_pattern, part)] : []),
        ]),
      ),
    ],
  ),
  { tax_class: 'zero', country: '*', region: null, postal_pattern: null, name: 'Zero rate', rate_ppm: 0 },
];

function vat(tax_class: TaxClassCode, country: string, percent: number): TaxRate {
  const rate_ppm = Math.round(percent * 10_000);
  return { tax_class, country, region: null, postal_pattern: null, name: `VAT ${percent} %`, rate_ppm };
}

function vatOfPart(
  tax_class: TaxClassCode,
  country: string,
  postal_pattern: string,
  part: { name: string; standard: number },
): TaxRate {
  const rate = vat(tax_class, country, part.standard);
  return { ...rate, postal_pattern, name: `${rate.name} (${part.name})` };
}
