/** The plain-text part of a mail, from its HTML: for readers without HTML, and for filters that distrust mails without. */

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
  '#34': '"',
  '#39': "'",
};

/**
 * One line per paragraph and table row, cells two spaces apart, links as `label: address` unless marked `data-bare`.
 * Made for our own templates, not for HTML in general.
 */
export function textOfHtml(html: string): string {
  return html
    .replace(/<(head|style|script)\b[\s\S]*?<\/\1>/gi, '')
    .replace(/\s+/g, ' ')
    .replace(/<a\b([^>]*)>(.*?)<\/a>/gi, (_all, attributes: string, label: string) =>
      linkText(attributes, label),
    )
    .replace(/<br\b[^>]*>/gi, '\n')
    .replace(/<\/td>\s*<td\b[^>]*>/gi, '  ')
    .replace(/<\/(tr|li)>/gi, '\n')
    .replace(/<\/?(p|h[1-6]|table|div|ul)\b[^>]*>/gi, '\n\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&(amp|lt|gt|quot|nbsp|#34|#39);/g, (_all, name: string) => ENTITIES[name] ?? '')
    .split('\n')
    .map((line) => line.trim().replace(/ {3,}/g, '  '))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function linkText(attributes: string, label: string): string {
  const address = /\bhref="([^"]*)"/i.exec(attributes)?.[1];
  return !address || /\bdata-bare\b/.test(attributes) ? label : `${label.trim()}: ${address}`;
}
