import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeHtml, escapeJson, oneLine } from '../src/text/escape.ts';

test('S3.5 escaped JSON parses to the same value and cannot close its script element', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ stringUnit: 'binary' }),
      fc.constantFrom('</script>', '<!--', '\u2028', '\u2029'),
      (value, evil) => {
        const json = JSON.stringify([value, evil, { [evil]: value }]);
        const escaped = escapeJson(json);
        expect(escaped).not.toMatch(/[<\u2028\u2029]/);
        expect(JSON.parse(escaped)).toEqual(JSON.parse(json));
      },
    ),
    { seed: 5, numRuns: 200 },
  );
});

test('S3.5 escaped text holds no character that could end its element or attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
    }),
    { seed: 6, numRuns: 300 },
  );
  expect(escapeHtml(`<img src=x onerror="a('&')">`)).toBe(
    '&lt;img src=x onerror=&quot;a(&#39;&amp;&#39;)&quot;&gt;',
  );
});

test('S3.5 a payload cannot forge a line of a text timeline', () => {
  const forged = oneLine('ok\n  9.000 ms  N1  becomes leader\r\u2028\u0085\u202Egnp');
  expect(forged).toBe('ok\\n  9.000 ms  N1  becomes leader\\r\\u{2028}\\u{85}\\u{202e}gnp');
});
