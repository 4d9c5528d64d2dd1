/** How one correct experiment fared. */
export interface SoakRow {
  readonly name: string;
  readonly seeds: number;
  readonly accusations: number;
  readonly undecided: number;
  readonly seconds: number;
}

/** The rows and their sum as a Markdown table. */
export function soakTable(rows: readonly SoakRow[]): string {
  const sum = (of: (row: SoakRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const all: SoakRow = {
    name: 'all',
    seeds: sum(({ seeds }) => seeds),
    accusations: sum(({ accusations }) => accusations),
    undecided: sum(({ undecided }) => undecided),
    seconds: sum(({ seconds }) => seconds),
  };
  return [
    '| Experiment | Seeds | Accusations | Undecided | Seconds |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...[...rows, all].map(
      ({ name, seeds, accusations, undecided, seconds }) =>
        `| ${name} | ${seeds} | ${accusations} | ${undecided} | ${seconds.toFixed(1)} |`,
    ),
  ].join('\n');
}
