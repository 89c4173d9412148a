import { expect, test } from 'vitest';
import { escapeHtml } from './escape-html.ts';

test.each([
  ['<a>', '&lt;a&gt;'],
  [`"it's"`, '&quot;it&#39;s&quot;'],
  ['&lt; & <', '&amp;lt; &amp; &lt;'],
  ['Größe 5', 'Größe 5'],
])('%s', (text, html) => {
  expect(escapeHtml(text)).toBe(html);
});
