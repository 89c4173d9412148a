import { expect, test } from 'vitest';
import { plainText } from './plain-text.ts';

test.each([
  ['plain', 'plain'],
  ['<p>One</p><p>two</p>', 'One two'],
  [
    'a &amp; b &lt;c&gt; &#39;d&#x27; &nbsp;e &unknown; &#0; &#xd800;',
    "a & b <c> 'd' e &unknown; &#0; &#xd800;",
  ],
  ['<script>alert(1)</script>safe<STYLE type="x">p {}</STYLE> end', 'safe end'],
  ['before <script>never ends', 'before'],
  ['3 < 5 and > 2', '3 < 5 and > 2'],
])('%j reads %j', (html, text) => {
  expect(plainText(html)).toBe(text);
});

test('what is made to be slow is not', () => {
  const began = performance.now();
  plainText('<'.repeat(200_000));
  plainText('<script>'.repeat(20_000));
  plainText('&'.repeat(200_000));
  expect(performance.now() - began).toBeLessThan(1000);
});
