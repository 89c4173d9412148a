/** The part of Istanbul's coverage format that adding up needs: https://github.com/istanbuljs/istanbuljs */
interface Range {
  start: { line: number; column: number };
}

export interface FileCoverage {
  statementMap: Record<string, Range>;
  s: Record<string, number>;
  branchMap: Record<string, { type: string; loc: Range; locations: unknown[] }>;
  b: Record<string, number[]>;
}

/** By absolute path. */
export type CoverageMap = Record<string, FileCoverage>;

export interface Tally {
  covered: number;
  total: number;
}

/**
 * Adds what another process ran to a map that lists all there is to run. Two tools that compile the same source may cut it
 * differently, so statements meet by their first line, and branches by where they begin; what meets nothing is not counted.
 */
export function addHits(map: CoverageMap, other: CoverageMap): void {
  for (const [path, from] of Object.entries(other)) {
    const into = map[path];
    if (!into) continue;
    const lines = hitsByLine(from);
    for (const [id, { start }] of Object.entries(into.statementMap)) {
      into.s[id] = (into.s[id] ?? 0) + (lines.get(start.line) ?? 0);
    }
    const branches = new Map(
      Object.entries(from.branchMap).map(([id, branch]) => [placeOf(branch), from.b[id] ?? []]),
    );
    for (const [id, branch] of Object.entries(into.branchMap)) {
      const hits = branches.get(placeOf(branch));
      if (hits) into.b[id] = (into.b[id] ?? []).map((count, index) => count + (hits[index] ?? 0));
    }
  }
}

/** A line counts when a statement begins on it. */
export function linesOf(file: FileCoverage): Tally {
  const hits = [...hitsByLine(file).values()];
  return { covered: hits.filter((count) => count > 0).length, total: hits.length };
}

export function branchesOf(file: FileCoverage): Tally {
  const hits = Object.values(file.b).flat();
  return { covered: hits.filter((count) => count > 0).length, total: hits.length };
}

export function sum<Name extends string>(files: readonly Record<Name, Tally>[], name: Name): Tally {
  return files.reduce(
    (all, file) => ({ covered: all.covered + file[name].covered, total: all.total + file[name].total }),
    { covered: 0, total: 0 },
  );
}

/** Rounded down, so that only all of it is 100 %. */
export function percent({ covered, total }: Tally): string {
  return total === 0 ? '-' : `${(Math.floor((covered / total) * 1000) / 10).toFixed(1)} %`;
}

function hitsByLine(file: FileCoverage): Map<number, number> {
  const hits = new Map<number, number>();
  for (const [id, { start }] of Object.entries(file.statementMap)) {
    hits.set(start.line, Math.max(hits.get(start.line) ?? 0, file.s[id] ?? 0));
  }
  return hits;
}

function placeOf({ type, loc, locations }: FileCoverage['branchMap'][string]): string {
  return `${type} ${loc.start.line}:${loc.start.column} ${locations.length}`;
}
