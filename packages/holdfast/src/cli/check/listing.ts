import {
  type CheckerFamily,
  checkers,
  formatNames,
  litmusColumns,
  litmusTable,
  transactionLitmus,
  transactionLitmusTable,
} from '@holdfast/check';
import { columns } from '../text.ts';

const TITLES: Readonly<Record<CheckerFamily, string>> = {
  object: 'Objects, judged for linearizability; --consistency asks for another model',
  consistency:
    'Consistency models: --consistency with a model of an object, or --model with reads and writes',
  plain: 'Plain checkers, one promise each',
  transactions: 'Transactions: --model, or --consistency with list-append or rw-register',
};

/** Every checker with a line each, its settings, and the formats. */
export function listing(): string {
  const parts = (Object.keys(TITLES) as CheckerFamily[]).map((family) => {
    const rows = checkers
      .filter((checker) => checker.family === family)
      .map(({ name, about, operations }) => [
        `  ${name}`,
        family === 'transactions' ? about : `${about} (${operations})`,
      ]);
    return [TITLES[family], ...columns(rows)].join('\n');
  });
  const told = checkers.flatMap(({ name, settings, family }) =>
    settings
      .filter((setting) => setting.name !== 'initial' || family === 'object')
      .map(({ name: setting, about, isNeeded }) => [
        `  ${name}`,
        `${setting}=...`,
        `${about}${isNeeded === true ? '; must be given' : ''}`,
      ]),
  );
  return [
    ...parts,
    ['Settings: --with name=value', ...columns(told)].join('\n'),
    ['Formats: --format, or recognised from the content', `  ${formatNames.join(', ')}`].join('\n'),
  ].join('\n\n');
}

/** The litmus tables as the checkers find them, with what the headings stand for. */
export function litmus(): string {
  const headings = litmusColumns().map(([short, name]) => [`  ${short}`, name]);
  const numbers = transactionLitmus.map(({ name, about }, i) => [`  ${i + 1}`, name, about]);
  return [
    'Which small history which consistency model accepts (yes) or rejects (no)',
    litmusTable(),
    columns(headings).join('\n'),
    'The same of transactions',
    transactionLitmusTable(),
    columns(numbers).join('\n'),
  ].join('\n\n');
}
