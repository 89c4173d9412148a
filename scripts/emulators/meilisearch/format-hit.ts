/** Hits as they are shown: only what is displayed and wanted, with what was found marked and long texts cut. */
import { tokens, type Document } from './documents.ts';
import { compare, type Query } from './match-words.ts';
import type { SearchParams } from './search-params.ts';
import type { Settings } from './settings.ts';

export function formatHit(document: Document, query: Query, params: SearchParams, settings: Settings) {
  const displayed = allOf(settings.displayedAttributes, document);
  const wanted = allOf(params.attributesToRetrieve ?? ['*'], document).filter((name) =>
    displayed.includes(name),
  );
  const hit = pick(document, wanted);
  const { attributesToHighlight: highlighted, attributesToCrop: cropped } = params;
  if (!highlighted && !cropped) return hit;
  const marked = allOf(highlighted ?? [], document);
  const cut = allOf(cropped ?? [], document);
  const shown = displayed.filter((name) => [...wanted, ...marked, ...cut].includes(name));
  const formatted = Object.fromEntries(
    shown.map((name) => [
      name,
      formatValue(document[name], query, params, {
        is_marked: marked.includes(name),
        is_cut: cut.includes(name),
      }),
    ]),
  );
  return { ...hit, _formatted: formatted };
}

function allOf(names: readonly string[], document: Document): string[] {
  return names.includes('*') ? Object.keys(document) : [...new Set(names)].filter((name) => name in document);
}

function pick(document: Document, names: readonly string[]): Document {
  return Object.fromEntries(names.map((name) => [name, document[name]]));
}

type Format = { is_marked: boolean; is_cut: boolean };

/** Numbers become texts. */
function formatValue(value: unknown, query: Query, params: SearchParams, format: Format): unknown {
  if (Array.isArray(value)) return value.map((each) => formatValue(each, query, params, format));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, formatValue(each, query, params, format)]),
    );
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  return formatText(String(value), query, params, format);
}

function formatText(text: string, query: Query, params: SearchParams, { is_marked, is_cut }: Format): string {
  const said = tokens(text);
  const found = said.map(({ word }) => matchedLength(word, query));
  const first = found.findIndex((length) => length > 0);
  let from = 0;
  let to = said.length;
  if (is_cut && said.length > params.cropLength) {
    // What was found stands a third into the piece.
    from = Math.max(0, Math.min(first - Math.floor(params.cropLength / 3), said.length - params.cropLength));
    to = from + params.cropLength;
  }
  const start = from === 0 ? 0 : (said[from]?.start ?? 0);
  const end = to === said.length ? text.length : (said[to - 1]?.end ?? text.length);
  let shown = '';
  let at = start;
  said.slice(from, to).forEach((token, index) => {
    const length = found[from + index] ?? 0;
    if (!is_marked || length === 0) return;
    shown += `${text.slice(at, token.start)}${params.highlightPreTag}${text.slice(token.start, token.start + length)}${params.highlightPostTag}`;
    at = token.start + length;
  });
  shown += text.slice(at, end);
  return `${from > 0 ? params.cropMarker : ''}${shown}${to < said.length ? params.cropMarker : ''}`;
}

/** How many letters of a word were asked for; of a beginning only that. Synonyms are marked by the words they have in common only. */
function matchedLength(word: string, { words, is_prefix }: Query): number {
  for (const [index, each] of words.entries()) {
    if (word === each) return word.length;
    if (is_prefix && index === words.length - 1 && word.startsWith(each)) return each.length;
    if (each.length >= 5 && compare(each, word, each.length >= 9 ? 2 : 1, false)) return word.length;
  }
  return 0;
}
