/**
 * Under which licences the packages come that a running shop is made of: each must be on the list, or an exception that says why.
 * What a package says of itself is in package-lock.json; one that says nothing there counts as unlisted.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ROOT, SetupProblem } from './prepare.mjs';

/** They ask to be named, and no more; MPL-2.0 also that changes of its own files are published. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
]);

interface Exception {
  /** Names of packages; `*` at the end stands for any ending. */
  packages: readonly string[];
  /** What package-lock.json says; null where it says nothing. */
  says: string | null;
  because: string;
}

const EXCEPTIONS: readonly Exception[] = [
  {
    packages: ['directus', '@directus/*'],
    says: 'BUSL-1.1',
    because: 'What Kontor runs on; the README says until which size of business it is free.',
  },
  {
    packages: ['@img/sharp-*'],
    says: 'LGPL-3.0-or-later',
    because: 'libvips is linked as a library of its own, unchanged.',
  },
  {
    packages: ['@img/sharp-*'],
    says: 'Apache-2.0 AND LGPL-3.0-or-later',
    because: 'libvips is linked as a library of its own, unchanged.',
  },
  {
    packages: ['@img/sharp-*'],
    says: 'Apache-2.0 AND LGPL-3.0-or-later AND MIT',
    because: 'libvips is linked as a library of its own, unchanged.',
  },
  {
    packages: ['ip-matching'],
    says: 'LGPL-3.0-only',
    because: 'A library of Directus, used unchanged.',
  },
  {
    packages: ['pm2', '@pm2/agent'],
    says: 'AGPL-3.0',
    because: 'Directus brings it for its own image; Kontor starts Node itself and never loads it.',
  },
  { packages: ['@pm2/io', '@pm2/js-api'], says: 'Apache-2', because: 'Means Apache-2.0.' },
  {
    packages: ['pm2-sysmonit'],
    says: 'Apache',
    because: 'Means Apache-2.0; comes with pm2, and is not loaded.',
  },
  { packages: ['charm', 'pm2-multimeter'], says: 'MIT/X11', because: 'Means MIT.' },
  { packages: ['xml-escape'], says: 'MIT License', because: 'Means MIT.' },
  { packages: ['url-template'], says: 'BSD', because: 'Its LICENSE is the BSD licence of 3 clauses.' },
  { packages: ['wellknown'], says: 'BSD', because: 'Its LICENSE is the WTFPL.' },
  { packages: ['jsonify'], says: 'Public Domain', because: 'Nobody owns it.' },
  {
    packages: ['@sesamecare-oss/redlock'],
    says: 'UNLICENSED',
    because: 'Its LICENSE.md is the MIT licence of the library it was made from.',
  },
  {
    packages: [
      'busboy',
      'cli-tableau',
      'decko',
      'nodemailer-mailgun-transport',
      'stickyfill',
      'streamsearch',
      'thirty-two',
    ],
    says: null,
    because: 'Its LICENSE is the MIT licence; only its package.json has no name for it.',
  },
  { packages: ['@ai-sdk/devtools'], says: null, because: 'Its LICENSE is the Apache licence 2.0.' },
  { packages: ['combine-errors'], says: null, because: 'Its Readme.md says MIT.' },
];

export interface LockedPackage {
  license?: unknown;
  dev?: boolean;
  link?: boolean;
}

/**
 * @param packages those of a package-lock.json, by their places
 * @returns a sentence for each package whose licence nobody has allowed, and for each exception nothing needs any more
 */
export function licenceProblems(
  packages: Record<string, LockedPackage>,
  exceptions: readonly Exception[] = EXCEPTIONS,
): string[] {
  const used = new Set<Exception>();
  const problems: string[] = [];
  for (const [place, { license, dev, link }] of Object.entries(packages)) {
    // What is ours has no place below node_modules; what only tests and builds of ours need is not given on.
    if (!place.includes('node_modules/') || dev === true || link === true) continue;
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const says = textOf(license);
    if (says !== null && isAllowed(says)) continue;
    const exception = exceptions.find(
      (each) => each.says === says && each.packages.some((one) => fits(one, name)),
    );
    if (exception) used.add(exception);
    else problems.push(`${name} is under ${says ?? 'no licence it names'}, which is not on the list.`);
  }
  for (const exception of exceptions)
    if (!used.has(exception))
      problems.push(`The exception for ${exception.packages.join(', ')} (${exception.says}) is not needed.`);
  return problems;
}

/** Older packages name theirs in a list, of which one may be chosen. */
function textOf(license: unknown): string | null {
  if (Array.isArray(license))
    return license.map(({ type }: { type?: string }) => type ?? 'unknown').join(' OR ');
  return typeof license === 'string' ? license : null;
}

/** `A OR B` is fine when one is, `A AND B` when both are. */
function isAllowed(expression: string): boolean {
  return expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((each) => ALLOWED.has(each.trim())));
}

function fits(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function main(): void {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const problems = licenceProblems(lock.packages);
  if (problems.length > 0) throw new SetupProblem(problems.join('\n'));
  console.log('Every package a shop runs with is under a licence of the list, or an exception to it.');
}

if (import.meta.main) {
  try {
    main();
  } catch (error) {
    fail(error);
  }
}
