/**
 * Asks npm for advisories against the packages a shop runs with. Each must be an exception that was looked at, and that ends: what
 * is new, or was put off for too long, fails. Where the registry tells nothing, it says that it was skipped.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ROOT, SetupProblem } from './prepare.mjs';

const EXCEPTIONS = join(ROOT, 'scripts', 'audit-exceptions.json');
const LONGEST_MS = 60_000;

const Exceptions = z.array(
  z.strictObject({
    advisory: z.string().regex(/^GHSA(-[0-9a-z]{4}){3}$/),
    package: z.string(),
    /** What keeps a shop safe until there is a release to go to. */
    because: z.string().min(20),
    /** The day from which on it must have been looked at again. */
    until: z.iso.date(),
  }),
);
export type AuditException = z.output<typeof Exceptions>[number];

const Advisory = z.object({ url: z.string(), name: z.string(), title: z.string(), severity: z.string() });
const Report = z.object({
  // A package that only needs one with an advisory names it; the advisory itself stands with the other.
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), Advisory])) })),
});

export interface Verdict {
  /** Why nothing was compared. */
  skipped?: string;
  problems: string[];
}

/** @param report what `npm audit --json` wrote @param today as YYYY-MM-DD */
export function auditVerdict(report: unknown, exceptions: readonly AuditException[], today: string): Verdict {
  const parsed = Report.safeParse(report);
  if (!parsed.success) {
    const { message } = Object(report) as { message?: unknown };
    return { skipped: typeof message === 'string' ? message : 'npm audit answered nothing', problems: [] };
  }
  const problems = new Set<string>();
  for (const { via } of Object.values(parsed.data.vulnerabilities))
    for (const each of via) {
      if (typeof each === 'string') continue;
      const advisory = each.url.split('/').at(-1) ?? each.url;
      const known = exceptions.find((one) => one.advisory === advisory && one.package === each.name);
      if (!known) problems.add(`${advisory} (${each.severity}) in ${each.name} is new: ${each.title}`);
      else if (known.until <= today)
        problems.add(`${advisory} in ${each.name} was put off until ${known.until}: look at it again.`);
    }
  return { problems: [...problems].sort() };
}

export function readExceptions(): AuditException[] {
  return Exceptions.parse(JSON.parse(readFileSync(EXCEPTIONS, 'utf8')));
}

/** @returns what npm wrote, or null when it wrote nothing that can be read */
function askNpm(): unknown {
  const args = ['audit', '--omit=dev', '--json'];
  const { stdout } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8', timeout: LONGEST_MS });
  try {
    return JSON.parse(stdout);
  } catch {
    return null;
  }
}

if (import.meta.main) {
  try {
    const { skipped, problems } = auditVerdict(
      askNpm(),
      readExceptions(),
      new Date().toISOString().slice(0, 10),
    );
    if (problems.length > 0) throw new SetupProblem(problems.join('\n'));
    console.log(
      skipped ? `Skipped: the registry tells of no advisories (${skipped}).` : 'No advisory is new.',
    );
  } catch (error) {
    fail(error);
  }
}
