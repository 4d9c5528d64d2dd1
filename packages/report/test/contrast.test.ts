import { expect, test } from 'vitest';
import { DARK, LIGHT, type Theme } from '../src/scene/style.ts';

/** Relative luminance and contrast as WCAG 2 defines them. */
function luminance(color: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const PAIRS: readonly (readonly [text: keyof Theme, ground: keyof Theme])[] = [
  ...(['ink', 'muted', 'accent', 'ok', 'bad', 'warn'] as const).flatMap(
    (text) =>
      [
        [text, 'ground'],
        [text, 'raised'],
      ] as const,
  ),
  ['ink', 'okPale'],
  ['ink', 'badPale'],
  ['ink', 'warnPale'],
  ['ink', 'accentPale'],
  ['ok', 'okPale'],
  ['bad', 'badPale'],
  ['warn', 'warnPale'],
  ['muted', 'accentPale'],
  ['ground', 'accent'],
];

test.each([
  ['light', LIGHT],
  ['dark', DARK],
] as const)('every text colour of the %s theme has a contrast of at least 4.5', (_, theme) => {
  const weak = PAIRS.filter(([text, ground]) => contrast(theme[text], theme[ground]) < 4.5);
  expect(weak).toEqual([]);
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6);
});
