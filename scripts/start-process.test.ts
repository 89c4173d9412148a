import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { isStartProcess } from './start-process.ts';

test('a running start is one', async () => {
  const child = spawn(process.execPath, [
    '-e',
    'setInterval(() => {}, 1000); console.log()',
    'start-shop.ts',
  ]);
  onTestFinished(() => void child.kill());
  await once(child.stdout, 'data');
  expect(isStartProcess(child.pid!)).toBe(true);
});

test('a process that has ended is none', async () => {
  const child = spawn(process.execPath, ['-e', '', 'start-shop.ts']);
  await once(child, 'exit');
  expect(isStartProcess(child.pid!)).toBe(false);
});

test.skipIf(process.platform !== 'linux')('another program that got the number of one is none', () => {
  expect(isStartProcess(1)).toBe(false);
});

test('a start that got the number of an earlier one is not that one', () => {
  expect(isStartProcess(process.pid)).toBe(false);
});
