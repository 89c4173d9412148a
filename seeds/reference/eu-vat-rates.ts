/**
 * The VAT rates of the members of the European Union and Great Britain in per cent, as of 12 August 2025: a compact copy of
 * ibericode/vat-rates, commit 5abb1e1be91faa42d21c743c603a0aec9b5bab70, under the MIT licence, Copyright 2019 Danny van Kooten; see
 * README.md for the licence and for what we left out.
 */

export interface VatRates {
  standard: number;
  /** Lowest first; without super-reduced and parking rates. */
  reduced: readonly number[];
  /** Parts of the country with a standard rate of their own; 0 where its VAT does not apply at all. */
  elsewhere?: readonly { name: string; postal_patterns: readonly string[]; standard: number }[];
}

export const VAT_RATES: Readonly<Record<string, VatRates>> = {
  AT: {
    standard: 20,
    reduced: [10, 13],
    elsewhere: [
      { name: 'Jungholz', postal_patterns: ['6691'], standard: 19 },
      { name: 'Mittelberg', postal_patterns: ['6991-6993'], standard: 19 },
    ],
  },
  BE: { standard: 21, reduced: [6, 12] },
  BG: { standard: 20, reduced: [9] },
  CY: { standard: 19, reduced: [5, 9] },
  CZ: { standard: 21, reduced: [12] },
  DE: {
    standard: 19,
    reduced: [7],
    elsewhere: [
      { name: 'Büsingen am Hochrhein', postal_patterns: ['78266'], standard: 0 },
      { name: 'Heligoland', postal_patterns: ['27498'], standard: 0 },
    ],
  },
  DK: { standard: 25, reduced: [] },
  EE: { standard: 24, reduced: [13] },
  ES: {
    standard: 21,
    reduced: [10],
    elsewhere: [
      { name: 'Canary Islands', postal_patterns: ['35*', '38*'], standard: 0 },
      { name: 'Ceuta', postal_patterns: ['51001-51005', '51070-51071', '51081'], standard: 0 },
      { name: 'Melilla', postal_patterns: ['52000-52006', '52070-52071', '52081'], standard: 0 },
    ],
  },
  FI: { standard: 25.5, reduced: [10, 14] },
  FR: {
    standard: 20,
    reduced: [5.5, 10],
    elsewhere: [
      { name: 'Guadeloupe', postal_patterns: ['971*'], standard: 8.5 },
      { name: 'Martinique', postal_patterns: ['972*'], standard: 8.5 },
      { name: 'French Guiana', postal_patterns: ['973*'], standard: 0 },
      { name: 'Réunion', postal_patterns: ['974*'], standard: 8.5 },
      { name: 'Mayotte', postal_patterns: ['976*'], standard: 0 },
    ],
  },
  GB: { standard: 20, reduced: [5] },
  GR: {
    standard: 24,
    reduced: [6, 13],
    elsewhere: [{ name: 'Mount Athos', postal_patterns: ['63086'], standard: 0 }],
  },
  HR: { standard: 25, reduced: [5, 13] },
  HU: { standard: 27, reduced: [5, 18] },
  IE: { standard: 23, reduced: [9, 13.5] },
  IT: {
    standard: 22,
    reduced: [5, 10],
    elsewhere: [
      { name: "Campione d'Italia", postal_patterns: ['22061'], standard: 0 },
      { name: 'Livigno', postal_patterns: ['23041'], standard: 0 },
    ],
  },
  LT: { standard: 21, reduced: [5, 9] },
  LU: { standard: 17, reduced: [8] },
  LV: { standard: 21, reduced: [5, 12] },
  MT: { standard: 18, reduced: [5, 7] },
  NL: { standard: 21, reduced: [9] },
  PL: { standard: 23, reduced: [5, 8] },
  PT: {
    standard: 23,
    reduced: [6, 13],
    elsewhere: [
      { name: 'Madeira', postal_patterns: ['9000-9499'], standard: 22 },
      // The source still says 18, which ended on 30 June 2021 (Decreto Legislativo Regional 15-A/2021/A).
      { name: 'Azores', postal_patterns: ['9500-9999'], standard: 16 },
    ],
  },
  RO: { standard: 21, reduced: [11] },
  SE: { standard: 25, reduced: [6, 12] },
  SI: { standard: 22, reduced: [5, 9.5] },
  SK: { standard: 23, reduced: [5, 19] },
};
