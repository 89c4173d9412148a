/**
 * What `npm test -- --coverage` says at the end: lines and branches of the server bundle that the tests ran through, in their
 * own process and in the servers they started. Exit code 1 when too few.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { convert } from 'ast-v8-to-istanbul';
import { parseAstAsync } from 'vitest/node';
import { addHits, linesOf, branchesOf, percent, sum, type CoverageMap, type Tally } from './coverage-map.ts';
import { fail, ROOT, SetupProblem } from './prepare.mjs';

const SOURCES = join(ROOT, 'extensions', 'commerce-api', 'src');
const BUNDLE = pathToFileURL(join(ROOT, 'extensions', 'commerce-api', 'dist', 'api.js')).href;
const IN_PROCESS = join(ROOT, 'coverage', 'in-process', 'coverage-final.json');
const OF_SERVERS = join(ROOT, 'coverage', 'servers');

const LEAST_LINES = 85;
const LEAST_CORE_BRANCHES = 100;

type ScriptCoverage = Parameters<typeof convert>[0]['coverage'];

async function main(): Promise<boolean> {
  if (!existsSync(IN_PROCESS)) throw new SetupProblem('Nothing was measured. Run: npm test -- --coverage');
  const map = JSON.parse(readFileSync(IN_PROCESS, 'utf8')) as CoverageMap;
  const processes = await addServers(map);
  const files = Object.entries(map).map(([path, file]) => ({
    name: relative(SOURCES, path),
    lines: linesOf(file),
    branches: branchesOf(file),
  }));

  const folders = new Map<string, typeof files>();
  for (const file of files) {
    const folder = file.name.includes('/') ? (file.name.split('/')[0] ?? '') : '(surfaces)';
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  console.log(`\nCoverage, in the tests' own process and in ${processes} servers and workers:\n`);
  console.log(line('', 'lines', 'branches'));
  for (const [folder, those] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(line(folder, percent(sum(those, 'lines')), percent(sum(those, 'branches'))));
  }
  const all = { lines: sum(files, 'lines'), branches: sum(files, 'branches') };
  console.log(line('all', percent(all.lines), percent(all.branches)));

  const core = sum(folders.get('core') ?? [], 'branches');
  return [
    isEnough('lines of all', all.lines, LEAST_LINES),
    isEnough('branches of core', core, LEAST_CORE_BRANCHES),
  ].every(Boolean);
}

/** @returns how many processes had run some of our code */
async function addServers(map: CoverageMap): Promise<number> {
  let processes = 0;
  for (const file of existsSync(OF_SERVERS) ? readdirSync(OF_SERVERS) : []) {
    const { result } = JSON.parse(readFileSync(join(OF_SERVERS, file), 'utf8')) as {
      result: ScriptCoverage[];
    };
    const ours = result.filter(({ url }) => isOurs(url));
    for (const script of ours) addHits(map, await inSources(script));
    if (ours.length > 0) processes += 1;
  }
  return processes;
}

function isOurs(url: string): boolean {
  return isBundle(url) || (url.startsWith(pathToFileURL(SOURCES).href) && url.endsWith('.ts'));
}

function isBundle(url: string): boolean {
  return url.split('?')[0] === BUNDLE;
}

/** Servers run the bundle, which has a source map; commands run the sources, whose types Node blanks out in place. */
async function inSources(coverage: ScriptCoverage): Promise<CoverageMap> {
  const path = fileURLToPath(coverage.url);
  const text = readFileSync(path, 'utf8');
  const code = isBundle(coverage.url) ? text : stripTypeScriptTypes(text);
  return (await convert({
    code,
    ast: parseAstAsync(code),
    coverage: { ...coverage, url: pathToFileURL(path).href },
    ...(isBundle(coverage.url) && { sourceMap: JSON.parse(readFileSync(`${path}.map`, 'utf8')) as never }),
  })) as CoverageMap;
}

function line(name: string, lines: string, branches: string): string {
  return `  ${name.padEnd(16)} ${lines.padStart(8)} ${branches.padStart(9)}`;
}

function isEnough(what: string, { covered, total }: Tally, least: number): boolean {
  const isMet = total > 0 && (covered / total) * 100 >= least;
  console.log(
    `${isMet ? 'ok  ' : 'FAIL'}  ${what}: ${covered} of ${total}, at least ${least} % are asked for`,
  );
  return isMet;
}

main().then((isMet) => process.exit(isMet ? 0 : 1), fail);
