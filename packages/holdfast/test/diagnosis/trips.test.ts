import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PATH_KNOBS, pathCurves, pathCurvesSvg } from '../../src/diagnosis/index.ts';
import { ROOT } from '../cli/support.ts';

const SEED = 7;
const PICTURE = join(ROOT, 'casebook/diagnosis/latency-jitter-loss.svg');

describe('latency, jitter and loss', () => {
  it('S1.131 each moves a part of its own of the curve: all of it, the middle, the end', () => {
    const curves = pathCurves(SEED);
    expect(curves.map(({ name }) => name)).toEqual(Object.keys(PATH_KNOBS));
    const shape = Object.fromEntries(
      curves.map(({ name, points }) => {
        const at = (percent: number): number => points.find(({ x }) => x === percent)?.y ?? Number.NaN;
        return [name, { least: at(0), spread: at(90) - at(10), tail: at(99) - at(90) }];
      }),
    );
    expect(shape['calm']).toEqual({ least: 10, spread: 0, tail: 0 });
    // Latency moves all of it, and widens nothing.
    expect(shape['latency']).toEqual({ least: 50, spread: 0, tail: 0 });
    // Jitter leaves the least where it is and widens the middle; the tail stays short.
    expect(shape['jitter']?.least).toBeLessThan(15);
    expect(shape['jitter']?.spread).toBeGreaterThan(15);
    expect(shape['jitter']?.tail).toBeLessThan(10);
    // Loss leaves least and middle alone, and makes a tail as long as the retransmission timeout.
    expect([shape['loss']?.least, shape['loss']?.spread]).toEqual([10, 0]);
    expect(shape['loss']?.tail).toBeGreaterThan(190);
  });

  it('S1.131 the picture of the casebook is that of the runs', () => {
    const svg = pathCurvesSvg(SEED);
    if (process.env['HOLDFAST_REWRITE'] !== undefined) writeFileSync(PICTURE, svg);
    expect(readFileSync(PICTURE, 'utf8')).toBe(svg);
  });
});
