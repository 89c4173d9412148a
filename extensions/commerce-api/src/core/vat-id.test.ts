import { describe, expect, test } from 'vitest';
import { EU_COUNTRIES } from './place.ts';
import { formatVatId, isInVies, parseVatId, servesReverseCharge } from './vat-id.ts';

/**
 * Numbers that companies and authorities publish, one or more for each rule of a country, and the same with one digit or letter
 * changed. Persons' numbers are those that documentation uses; three (LV 32…, GB 100…, ES M…) were worked out by the rule.
 */
const NUMBERS: Record<string, [valid: string, changed: string][]> = {
  AT: [
    ['ATU13585627', 'ATU13585626'],
    ['ATU 54300000', 'ATU 54300001'],
    ['ATU 142 43 102', 'ATU 143 43 102'],
  ],
  BE: [
    ['BE0428759497', 'BE0431150351'],
    ['BE 0202.239.951', 'BE 0202.239.952'],
    ['BE 456.973.433', 'BE 456.973.432'],
  ],
  BG: [
    ['BG 175 074 752', 'BG 175 074 751'],
    ['BG 131 272 009', 'BG 131 172 009'],
    ['BG 831650349', 'BG 831650348'],
    ['BG8032056031', 'BG8032056032'],
    ['BG7542011030', 'BG7542011031'],
    ['BG7111042925', 'BG7111042922'],
    ['BG 1234567892', 'BG 1234567894'],
  ],
  CY: [
    ['CY-10259033P', 'CY-10259033Z'],
    ['CY00632993 F', 'CY00632893 F'],
  ],
  CZ: [
    ['CZ 25123891', 'CZ 25123890'],
    ['CZ00023205', 'CZ00023206'],
    ['CZ 640903926', 'CZ 640913926'],
    ['CZ 682127228', 'CZ 682127229'],
    ['CZ7103192745', 'CZ7103192746'],
    ['CZ 8058012314', 'CZ 8058018314'],
    ['CZ 991231123', 'CZ 991331123'],
  ],
  DE: [
    ['DE136308783', 'DE136308782'],
    ['DE 246 595 415', 'DE 246 495 415'],
    ['DE 811 363 057', 'DE 811 363 058'],
  ],
  DK: [
    ['DK 13 20 24 35', 'DK 13 20 24 36'],
    ['DK-27926592', 'DK-27996592'],
  ],
  EE: [
    ['EE 100 931 558', 'EE 100 941 558'],
    ['EE101256753', 'EE101256754'],
  ],
  ES: [
    ['ES B64717838', 'ES B64717839'],
    ['ES Q-2818015-F', 'ES Q-2814015-F'],
    ['ES-A08074908', 'ES-A08074909'],
    ['ES 54362315K', 'ES 54362415K'],
    ['ES-x-2482300w', 'ES-x-2322300w'],
    ['ES Y5277343F', 'ES Y5277343G'],
    ['ES Z5277343K', 'ES Z5277344K'],
    ['ES M1234567L', 'ES M1234568L'],
  ],
  FI: [
    ['FI 2077474-0', 'FI 2077474-1'],
    ['FI 0982651-1', 'FI 0982651-2'],
  ],
  FR: [
    ['FR 40 303 265 045', 'FR 41 303 265 045'],
    ['FR 84 323 140 392', 'FR 84 323 140 391'],
    ['FR16000063601', 'FR17000063601'],
    ['FR K 7399859412', 'FR L 7399859412'],
    ['FR 4Z123456782', 'FR 5Z123456782'],
    ['FR K 7399859412', 'FR K 7399859312'],
  ],
  GR: [
    ['EL 094501040', 'EL 094501140'],
    ['GR 094259216', 'GR 094259217'],
    ['el 94051189', 'el 94051188'],
    ['EL 999107669', 'EL 999107668'],
  ],
  HR: [
    ['HR 33392005961', 'HR 33392005962'],
    ['HR 94577403194', 'HR 94577403195'],
  ],
  HU: [
    ['HU-12892312', 'HU-12892313'],
    ['HU 10672101', 'HU 10672102'],
  ],
  IE: [
    ['IE 6433435F', 'IE 6433435E'],
    ['IE6433435OA', 'IE6433436OA'],
    ['IE6433435IH', 'IE6433435II'],
    ['IE8D79739I', 'IE8D79729I'],
    ['IE 0005306C', 'IE 0005306D'],
  ],
  IT: [
    ['IT 00743110157', 'IT 00743110158'],
    ['IT 12920760159', 'IT 12920760158'],
    ['IT 00118439991', 'IT 00118439981'],
    ['IT 02153481201', 'IT 02153481221'],
  ],
  LT: [
    ['LT 119511515', 'LT 119511516'],
    ['LT 100001919017', 'LT 100001919018'],
    ['LT100004801610', 'LT100004801611'],
    ['LT 290068995116', 'LT 290068995117'],
  ],
  LU: [
    ['LU 150 274 42', 'LU 150 274 43'],
    ['LU 10059929', 'LU 10159929'],
  ],
  LV: [
    ['LV 4000 3521 600', 'LV 4000 3521 601'],
    ['LV 90000528023', 'LV 90000528022'],
    ['LV 161175-19997', 'LV 161375-19997'],
    ['LV 32000000000', 'LV 33000000000'],
  ],
  MT: [
    ['MT 1167-9112', 'MT 1167-9113'],
    ['MT 20630321', 'MT 20630322'],
  ],
  NL: [
    ['NL004495445B01', 'NL004495446B01'],
    ['NL-8197.38.116.B.01', 'NL-8197.38.117.B.01'],
    ['NL000099998B57', 'NL000099998B58'],
    ['NL123456789B13', 'NL123456789B14'],
  ],
  PL: [
    ['PL 8567346215', 'PL 8567346216'],
    ['PL 584-030-44-72', 'PL 584-030-44-73'],
  ],
  PT: [
    ['PT 501 964 843', 'PT 501 964 842'],
    ['PT980405319', 'PT980405318'],
    ['PT 509 250 505', 'PT 509 250 506'],
    ['PT 500 100 020', 'PT 500 100 021'],
  ],
  RO: [
    ['RO 185 472 90', 'RO 185 472 91'],
    ['RO 573768', 'RO 573769'],
  ],
  SE: [
    ['SE 123456789701', 'SE 123456789101'],
    ['SE 556700 3552 01', 'SE 556700 3553 01'],
  ],
  SI: [
    ['SI 50223054', 'SI 50223055'],
    ['SI 4867 3820', 'SI 4867 3821'],
    ['SI 70310815', 'SI 70310816'],
  ],
  SK: [
    ['SK 202 274 96 19', 'SK 202 274 96 18'],
    ['SK 1078449064', 'SK 1078449164'],
  ],
  GB: [
    ['GB 980 7806 84', 'GB 980 7806 85'],
    ['GB 980 7806 84 001', 'GB 980 7816 84 001'],
    ['GB 100 0000 34', 'GB 100 0000 35'],
  ],
  XI: [['XI 980780684', 'XI 980780685']],
  CH: [
    ['CHE-100.155.212', 'CHE-100.155.213'],
    ['CHE-100.155.212 MWST', 'CHE-100.155.213 MWST'],
  ],
  NO: [
    ['NO 988 077 917', 'NO 988 077 918'],
    ['NO 988 077 917 MVA', 'NO 988 077 927 MVA'],
  ],
};

const rows = Object.entries(NUMBERS).flatMap(([country, pairs]) =>
  pairs.map(([valid, changed]) => [country, valid, changed] as const),
);

describe('a VAT id', () => {
  test.each(rows)('of %s: %s can be one, %s cannot', (country, valid, changed) => {
    expect(parseVatId(valid)).toMatchObject({ country, is_valid: true, reason: null });
    expect(parseVatId(changed)).toMatchObject({ country, is_valid: false, reason: 'wrong_check_digit' });
  });

  test('is known for every member of the union and its neighbours', () => {
    expect(Object.keys(NUMBERS).sort()).toEqual([...EU_COUNTRIES, 'XI', 'GB', 'CH', 'NO'].sort());
  });

  test.each([
    ['Austria without its U', 'AT13585627'],
    ['Belgium with a wrong first digit', 'BE 2428759497'],
    ['Bulgaria with eight digits', 'BG 17507475'],
    ['Cyprus of a kind that is not given', 'CY-12259033P'],
    ['Czechia of a legal person with a 9 in front', 'CZ 95123891'],
    ['Czechia of somebody born after 1953 with nine digits', 'CZ 590312123'],
    ['Germany with a zero in front', 'DE 011125440'],
    ['Denmark with seven digits', 'DK 1320243'],
    ['Spain with an unknown kind of company', 'ES I1234567A'],
    ['France with an I in its key', 'FR IO334175221'],
    ['Ireland with a letter among its digits', 'IE 4550C59S'],
    ['Italy with a letter', 'IT 0074311015A'],
    ['Lithuania without its 1', 'LT 100001354'],
    ['Malta with a zero in front', 'MT 01679112'],
    ['the Netherlands without its B', 'NL 001241643801'],
    ['the Netherlands with part 00', 'NL 009122746B00'],
    ['Romania with eleven digits', 'RO 18547290123'],
    ['Sweden with part 00', 'SE 556700355200'],
    ['Slovakia with a wrong third digit', 'SK 2010237945'],
    ['Great Britain of an authority with the number of a department', 'GBHA499'],
    ['Great Britain of a department with the number of an authority', 'GBGD500'],
    ['Switzerland without its E', 'CH 100155212'],
    ['Norway with a wrong first digit', 'NO 188077917'],
    ['a country alone', 'DE'],
  ])('of %s has a wrong format', (_, text) => {
    expect(parseVatId(text)).toMatchObject({ is_valid: false, reason: 'wrong_format' });
  });

  test.each(['GBGD001', 'GBGD499', 'GBHA500', 'GBHA999'])('%s has no check digit', (text) => {
    expect(parseVatId(text)).toMatchObject({ country: 'GB', is_valid: true });
  });

  test.each([
    ['IT 00000000000', 'of no company'],
    ['IT 00743112005', 'of no tax office'],
    ['BG 8013010004', 'of a citizen born in no month'],
    ['LV 001175-19997', 'of a person born on no day'],
    ['LV 391175-19997', 'of a person born on a 39th'],
  ])('%s, %s, cannot be one', (text) => {
    expect(parseVatId(text).is_valid).toBe(false);
  });

  test.each(['', '136308783', 'US123456789', 'EU826010755'])('%j has no country known here', (text) => {
    expect(parseVatId(text)).toMatchObject({ country: null, is_valid: false, reason: 'unknown_country' });
  });

  test.each([
    [' de-136.308/783 ', 'DE', '136308783', 'DE136308783'],
    ['gr:94051189', 'GR', '094051189', 'EL094051189'],
    ['BE 456.973.433', 'BE', '0456973433', 'BE0456973433'],
    ['che-100.155.212 tva', 'CH', 'E100155212', 'CHE100155212'],
    ['NO 988 077 917 MVA', 'NO', '988077917', 'NO988077917'],
    ['US 1', null, 'US1', 'US1'],
  ])('%j is %s and %s, written %s', (text, country, number, written) => {
    const vat_id = parseVatId(text);
    expect(vat_id).toMatchObject({ country, number });
    expect(formatVatId(vat_id)).toBe(written);
  });
});

test('VIES knows the members of the union and Northern Ireland', () => {
  expect(['DE', 'GR', 'XI', 'GB', 'CH', 'NO', null].filter(isInVies)).toEqual(['DE', 'GR', 'XI']);
});

test.each<[string, string, boolean]>([
  ['ATU13585627', 'DE', true],
  ['XI 980780684', 'DE', true],
  ['EL 094501040', 'de', true],
  ['ATU13585627', 'at', false],
  ['ATU13585626', 'DE', false],
  ['GB 980780684', 'DE', false],
  ['CHE-100.155.212', 'DE', false],
  ['nonsense', 'DE', false],
])('reverse charge with %s and a shop in %s: %s', (text, shop_country, serves) => {
  expect(servesReverseCharge(parseVatId(text), shop_country)).toBe(serves);
});
