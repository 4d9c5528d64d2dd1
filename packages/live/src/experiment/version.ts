/**
 * Whether a version fits a range like `>=3.4.0 <3.4.42 || >=3.5.0 <3.5.22`: all comparisons of one alternative must hold, numbers are compared
 * part by part, and what follows the numbers (`-rc.1`, `+deb12u1`) is left out.
 */
export function fitsVersion(version: string, range: string): boolean {
  return range.split('||').some((alternative) => fitsAll(version, alternative));
}

function fitsAll(version: string, range: string): boolean {
  const parts = numbers(version);
  return range
    .split(/\s+/)
    .filter((one) => one !== '')
    .every((one) => {
      const [, sign = '=', bound = ''] = /^(>=|<=|>|<|=)?(.*)$/.exec(one) ?? [];
      const order = compare(parts, numbers(bound));
      return sign === '>='
        ? order >= 0
        : sign === '<='
          ? order <= 0
          : sign === '>'
            ? order > 0
            : sign === '<'
              ? order < 0
              : order === 0;
    });
}

function numbers(version: string): number[] {
  return (/\d+(\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = (a[i] ?? 0) - (b[i] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
