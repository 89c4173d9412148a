/** Pages that tell how Kontor works things out: questions and answers, and what more there is to show. */
import { escaped } from './escaped.ts';

interface Rule {
  question: string;
  answer: string;
}

export interface RuleSection {
  title: string;
  rules: readonly Rule[];
}

export interface RulesPage {
  title: string;
  lead: string;
  sections: readonly RuleSection[];
  /** HTML behind them. */
  more: string;
}

export const RULES_STYLE = `body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 46rem; color: #1f2933; background: #fff;
  font: 16px/1.6 system-ui, sans-serif; }
h1 { font-size: 2rem; line-height: 1.2; } h2 { margin-top: 2.5rem; font-size: 1.3rem; } h3 { font-size: 1.05rem; }
dt { margin-top: .9rem; font-weight: 600; } dd { margin: .1rem 0 0; }
table { width: 100%; border-collapse: collapse; } td, th { padding: .45rem .6rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid #e4e7eb; } td:last-child, th:last-child { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; } tr:last-child td { font-weight: 600; } .lead, .goods { color: #52606d; }
`;

/** Paths in the page are relative to `base`. */
export function rulesPage(base: string, { title, lead, sections, more }: RulesPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escaped(title)}</title>
<base href="${escaped(base)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" type="image/png" href="assets/favicon.png">
<link rel="stylesheet" href="assets/rules.css">
</head>
<body>
<h1>${escaped(title)}</h1>
<p class="lead">${escaped(lead)}</p>
${sections.map(sectionHtml).join('\n')}
${more}
</body>
</html>
`;
}

function sectionHtml({ title, rules }: RuleSection): string {
  return `<h2>${escaped(title)}</h2>\n<dl>\n${rules.map(ruleHtml).join('\n')}\n</dl>`;
}

function ruleHtml({ question, answer }: Rule): string {
  return `<dt>${escaped(question)}</dt>\n<dd>${escaped(answer)}</dd>`;
}
