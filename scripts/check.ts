/** npm run check: everything that can be said of the sources without a database. Runs all of it; exit code 1 when any fails. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './prepare.mjs';

interface Check {
  name: string;
  /** A script, from node_modules on, and its arguments. */
  command: [script: string, ...args: string[]];
  /** What usually mends it. */
  remedy: string;
}

const CHECKS: Check[] = [
  {
    name: 'prettier',
    command: ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
    remedy: 'npx prettier --write .',
  },
  {
    name: 'eslint',
    command: ['eslint/bin/eslint.js', '--max-warnings', '0', '.'],
    remedy: 'npm run lint -- --fix',
  },
  { name: 'types', command: ['typescript/bin/tsc', '--noEmit'], remedy: 'see the lines above' },
  {
    name: 'types of the admin bundle',
    command: ['vue-tsc/bin/vue-tsc.js', '--noEmit', '--project', 'extensions/commerce-admin/tsconfig.json'],
    remedy: 'see the lines above',
  },
  {
    name: 'licences',
    command: ['../scripts/licences.ts'],
    remedy: 'see the lines above; scripts/licences.ts has the list',
  },
  {
    name: 'unit tests',
    command: ['vitest/vitest.mjs', 'run', '--project', 'unit', '--reporter', 'dot'],
    remedy: 'npm test -- --project unit',
  },
];

/** @returns the exit code, and what it wrote */
function run([script, ...args]: Check['command']): Promise<{ code: number; words: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'node_modules', script), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
  });
  let words = '';
  const keep = (chunk: Buffer) => (words += chunk.toString());
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, words }));
  });
}

const failed: Check[] = [];
for (const check of CHECKS) {
  const began = performance.now();
  const { code, words } = await run(check.command);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (code !== 0) {
    failed.push(check);
    console.error(`\n${words.trim()}\n`);
  }
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${check.name} (${seconds} s)`);
}
for (const { name, remedy } of failed) console.error(`\n${name}: ${remedy}`);
process.exit(failed.length === 0 ? 0 : 1);
