// node scripts/told-failures.mjs REPORT FILE: reads a report of vitest, adds the tests that failed to the file, each with the
// beginning of what it said, and prints how many passed and how many failed.
import { appendFileSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const LINES_OF_EACH = 30;

const [report, file] = process.argv.slice(2);
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));

for (const { name, message, assertionResults } of testResults) {
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  for (const { fullName, failureMessages } of failed)
    tell(`${name}: ${fullName}`, failureMessages.join('\n'));
  // A file that could not be run at all has no test that failed.
  if (failed.length === 0 && message) tell(name, message);
}
console.log(numPassedTests, numFailedTests);

function tell(title, said) {
  const lines = stripVTControlCharacters(said).split('\n').slice(0, LINES_OF_EACH);
  appendFileSync(file, `\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
}
