const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** A description without its markup: what a reader sees of it, for finding and for showing a piece. */
export function plainText(html: string): string {
  if (!/[<&]/.test(html)) return html;
  return withoutScripts(html)
    .replace(/<[a-z/!?][^<>]*>/gi, ' ')
    .replace(/&(#x?[0-9a-f]{1,6}|[a-z]{2,6});/gi, (whole, name: string) => entity(name) ?? whole)
    .replace(/\s+/g, ' ')
    .trim();
}

function withoutScripts(html: string): string {
  return html
    .replace(/<(script|style)\b[^<>]*>/gi, '\u0000$1\u0000')
    .split('\u0000')
    .reduce(
      ({ text, until }, piece, index) => {
        // Every second piece names what begins; the text after it goes, up to its end.
        if (index % 2 === 1) return { text, until: `</${piece.toLowerCase()}` };
        if (until === null) return { text: text + piece, until };
        const end = piece.toLowerCase().indexOf(until);
        return { text: end < 0 ? text : `${text} ${piece.slice(end)}`, until: null };
      },
      { text: '', until: null as string | null },
    ).text;
}

function entity(name: string): string | null {
  if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? null;
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : null;
}
