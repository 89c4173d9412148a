/** What the pages shoppers see have in common. One document each, no scripts, nothing fetched from elsewhere. */
import type { EmulatorAnswer } from './emulator-server.ts';

/** `provider`: whose page it stands in for. `style`: its colours, as custom properties, and what only it shows. */
export type PageLooks = { provider: string; style: string };

export function pageDocument({ provider, style }: PageLooks, title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<main>
  <p class="badge">Test mode <span>no real money moves</span></p>
  ${content}
</main>
<footer>Payment simulator. It stands in for ${provider} on this machine and is not ${provider}.</footer>
</body>
</html>
`;
}

export function messageDocument(looks: PageLooks, title: string, text: string): string {
  return pageDocument(looks, title, `<h1>${escaped(title)}</h1><p>${escaped(text)}</p>`);
}

/** A link to the shop; nothing where it gave no address. */
export function linkBack(back_to: string | null): string {
  return back_to ? `<a class="main" href="${escaped(back_to)}" rel="noreferrer">Back to the shop</a>` : '';
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

export function pageAnswer(status: number, html: string): EmulatorAnswer<never> {
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
  };
  return { status, headers, body: html, batch: [] };
}

const STYLE = `
* { box-sizing: border-box; margin: 0; }
body { min-height: 100vh; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 20px;
  padding: 32px 16px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, sans-serif; }
main { width: 100%; max-width: 440px; padding: 32px; background: var(--paper); border: 1px solid var(--line);
  border-radius: 16px; box-shadow: 0 12px 40px rgb(17 20 29 / 8%); }
.badge { display: inline-block; margin-bottom: 24px; padding: 2px 10px; border-radius: 99px; background: var(--wash);
  color: var(--accent); font-size: 13px; font-weight: 600; }
.badge span { font-weight: 400; }
.for { color: var(--soft); overflow-wrap: anywhere; }
.amount { margin-bottom: 16px; font-size: 40px; font-weight: 700; letter-spacing: -.02em; line-height: 1.2; }
.amount span { color: var(--soft); font-size: 16px; font-weight: 500; letter-spacing: 0; }
h1 { margin-bottom: 6px; font-size: 20px; }
.main, .other, .plain { display: block; width: 100%; margin-top: 12px; padding: 12px; border: 1px solid transparent;
  border-radius: 12px; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
.main { background: var(--accent); color: var(--accent-ink); }
.other { border-color: var(--line); background: none; color: var(--ink); }
.main:hover, .other:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
footer { color: var(--soft); font-size: 13px; text-align: center; }
`;
