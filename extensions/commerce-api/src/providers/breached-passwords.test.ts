import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readEnv } from '../platform/env.ts';
import { breachedPasswords } from './breached-passwords.ts';

const SECRET = 'a-secret-of-this-test-0123456789';
const hashOf = (password: string) => createHash('sha1').update(password).digest('hex').toUpperCase();

function listOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-breached-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'hashes.txt');
  writeFileSync(path, text);
  return path;
}

const open = (text: string) => breachedPasswords(readEnv({ SECRET, BREACHED_PASSWORDS: listOf(text) }))!;

test.each([
  ['\n', ':3'],
  ['\r\n', ':12345'],
  ['\n', ''],
])('finds each of thousands of passwords and none that is not listed', (end, count) => {
  const listed = Array.from({ length: 3_000 }, (_, index) => `listed ${index}`);
  const lines = listed.map((password) => hashOf(password) + count).sort();
  const list = open(lines.join(end) + end);
  expect(listed.filter((password) => !list.has(password))).toEqual([]);
  const others = Array.from({ length: 3_000 }, (_, index) => `other ${index}`);
  expect(others.filter((password) => list.has(password))).toEqual([]);
});

test('finds the first and the last of a list without an end of line', () => {
  const [first = '', second = ''] = ['tulips', 'roses'].sort((a, b) => (hashOf(a) < hashOf(b) ? -1 : 1));
  const list = open(`${hashOf(first)}:1\n${hashOf(second)}:1`);
  expect([list.has(first), list.has(second), list.has('daisies')]).toEqual([true, true, false]);
});

test('a list of one finds it', () => {
  expect(open(hashOf('tulips').toLowerCase()).has('tulips')).toBe(true);
});

test.each([
  ['empty', ''],
  ['of words', 'password\n123456\n'],
  ['of NTLM hashes', '8846F7EAEE8FB117AD06BDD830B7586C:3\n'],
  ['out of order', `${'F'.repeat(40)}:1\n${'0'.repeat(40)}:1\n`],
])('a file that is %s is refused', (_what, text) => {
  expect(() => open(text)).toThrow('BREACHED_PASSWORDS is not a list');
});

test('a file that is not there is refused', () => {
  expect(() => breachedPasswords(readEnv({ SECRET, BREACHED_PASSWORDS: '/nowhere/hashes.txt' }))).toThrow(
    'ENOENT',
  );
});

test('without a file there is no list', () => {
  expect(breachedPasswords(readEnv({ SECRET }))).toBeNull();
});
