import { expect, test } from 'vitest';
import { auditVerdict, readExceptions, type AuditException } from './audit.ts';

const REPORT = {
  vulnerabilities: {
    some: {
      via: [
        {
          url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
          name: 'some',
          title: 'It breaks',
          severity: 'high',
        },
      ],
    },
    other: { via: ['some'] },
  },
};
const KNOWN: AuditException = {
  advisory: 'GHSA-aaaa-bbbb-cccc',
  package: 'some',
  because: 'nothing of it is reached here',
  until: '2027-01-31',
};

test('an advisory nobody has looked at is a problem', () => {
  expect(auditVerdict(REPORT, [], '2026-12-01').problems).toEqual([
    'GHSA-aaaa-bbbb-cccc (high) in some is new: It breaks',
  ]);
  expect(auditVerdict(REPORT, [{ ...KNOWN, package: 'other' }], '2026-12-01').problems).toHaveLength(1);
});

test('one that was looked at is none until its day', () => {
  expect(auditVerdict(REPORT, [KNOWN], '2027-01-30')).toEqual({ problems: [] });
  expect(auditVerdict(REPORT, [KNOWN], '2027-01-31').problems).toEqual([
    'GHSA-aaaa-bbbb-cccc in some was put off until 2027-01-31: look at it again.',
  ]);
});

test.each([
  [null, 'npm audit answered nothing'],
  [{ message: '405 Method Not Allowed' }, '405 Method Not Allowed'],
])('a registry that answers %j is said to tell nothing', (report, skipped) => {
  expect(auditVerdict(report, [], '2026-12-01')).toEqual({ skipped, problems: [] });
});

test('every exception has its reason and its day, and stands there once', () => {
  const names = readExceptions().map(({ advisory, package: name }) => `${advisory} ${name}`);
  expect(names).not.toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
