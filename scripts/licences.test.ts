import { expect, test } from 'vitest';
import { licenceProblems } from './licences.ts';

const problemsOf = (license: unknown, more = {}) =>
  licenceProblems({ 'node_modules/a/node_modules/some': { license, ...more } }, []);

test.each(['MIT', '(GPL-3.0 OR MIT)', 'MIT AND ISC', [{ type: 'MIT' }, { type: 'X' }]])(
  '%j is fine',
  (license) => {
    expect(problemsOf(license)).toEqual([]);
  },
);

test.each(['GPL-3.0', 'MIT AND GPL-3.0', 'SEE LICENSE IN LICENSE', undefined])('%j is not', (license) => {
  expect(problemsOf(license)).toEqual([expect.stringContaining('some is under')]);
});

test('what only our own tests need is not looked at, nor is what is ours', () => {
  expect(problemsOf('GPL-3.0', { dev: true })).toEqual([]);
  expect(licenceProblems({ '': {}, 'extensions/commerce-api': {} }, [])).toEqual([]);
});

test('an exception holds for its packages as long as they say what they said', () => {
  const exceptions = [{ packages: ['so*'], says: 'GPL-3.0', because: 'a reason' }];
  const of = (license: string) => licenceProblems({ 'node_modules/some': { license } }, exceptions);
  expect(of('GPL-3.0')).toEqual([]);
  expect(of('AGPL-3.0')).toHaveLength(2);
  expect(of('MIT')).toEqual([expect.stringContaining('is not needed')]);
});
