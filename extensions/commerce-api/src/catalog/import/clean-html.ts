import sanitize from 'sanitize-html';

const OPTIONS = {
  allowedTags: [...sanitize.defaults.allowedTags, 'img'],
  allowedAttributes: {
    a: ['href', 'name', 'target', 'rel'],
    img: ['src', 'alt', 'title', 'width', 'height'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
};

/**
 * A description from a stranger's file as storefronts may show it: text, structure, links and pictures stay; scripts, frames,
 * styles and event handlers go. Cleaning twice gives the same text.
 */
export function cleanHtml(html: string): string {
  return sanitize(html, OPTIONS).trim();
}
