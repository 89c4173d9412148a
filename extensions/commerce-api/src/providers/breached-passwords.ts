/**
 * Passwords known from breaches, in a file of the operator's: SHA-1 hashes in ascending order, one a line, as “Pwned Passwords” of Have I
 * Been Pwned is distributed (`HASH:COUNT`, its downloader writes it). Looked up by halving the file, so that its forty gigabytes are neither
 * read nor asked for over the network.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Env } from '../platform/env.ts';

export interface BreachedPasswords {
  has: (password: string) => boolean;
}

const HASH_LENGTH = 40;
const LINE = /^[0-9A-F]{40}(?::\d+)?\r?$/i;
/** More than a line takes. */
const STEP = 128;
/** What is left is read at once. */
const SMALL = 4_096;

/**
 * The list of BREACHED_PASSWORDS, kept open; null where none is named.
 * @throws Error when the file cannot be read or is not such a list: a start without the check that was asked for is none
 */
export function breachedPasswords(env: Env): BreachedPasswords | null {
  return env.BREACHED_PASSWORDS === '' ? null : openList(env.BREACHED_PASSWORDS);
}

function openList(path: string): BreachedPasswords {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  try {
    requireList(file, size);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return { has: (password) => isListed(file, size, hashOf(password)) };
}

function hashOf(password: string): string {
  return createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase();
}

/** Looks at the beginning and the end: a list in another order would never find anything. */
function requireList(file: number, size: number): void {
  const lines = textAt(file, 0, SMALL).split('\n').slice(0, 20);
  if (size > SMALL) lines.pop();
  const tail = textAt(file, Math.max(0, size - SMALL), SMALL)
    .trimEnd()
    .split('\n');
  const hashes = [...lines, tail.at(-1) ?? ''].filter((line) => line !== '').map(wholeHash);
  const is_sorted = hashes.every((hash, index) => index === 0 || (hashes[index - 1] ?? '') <= hash);
  if (hashes.length === 0 || !is_sorted) throw notAList();
}

function wholeHash(line: string): string {
  if (!LINE.test(line)) throw notAList();
  return line.slice(0, HASH_LENGTH).toUpperCase();
}

function notAList(): Error {
  return new Error('BREACHED_PASSWORDS is not a list of SHA-1 hashes in ascending order. See .env.example.');
}

function isListed(file: number, size: number, hash: string): boolean {
  let from = 0;
  let to = size;
  // The line of the hash, if there is one, begins between the two.
  while (to - from > SMALL) {
    const middle = Math.floor((from + to) / 2);
    const chunk = textAt(file, middle, STEP * 2);
    const start = chunk.indexOf('\n') + 1;
    const found = chunk.slice(start, start + HASH_LENGTH).toUpperCase();
    if (found === hash) return true;
    if (found < hash && found.length === HASH_LENGTH) from = middle;
    else to = middle;
  }
  const rest = textAt(file, from, to - from + STEP).toUpperCase();
  return (from === 0 && rest.startsWith(hash)) || rest.includes(`\n${hash}`);
}

function textAt(file: number, position: number, length: number): string {
  const buffer = Buffer.alloc(length);
  const read = readSync(file, buffer, 0, length, position);
  return buffer.toString('latin1', 0, read);
}
