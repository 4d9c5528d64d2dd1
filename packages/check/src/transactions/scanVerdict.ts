import type { TransactionVerdict } from './check.ts';
import type { TransactionColumns } from './columns.ts';
import { READS_BY_NAME, TRANSACTION_MODEL_NAMES, type TransactionModel } from './models.ts';
import { withoutUnfound } from './scans.ts';

/**
 * Judges transactions that scan: models that put up with phantoms by the reads that name a key or found one, all others by everything the
 * scans say. What is wrong by itself, without a cycle, is wrong for all.
 */
export function judgeScans(
  columns: TransactionColumns,
  model: TransactionModel,
  judge: (columns: TransactionColumns, model: TransactionModel) => TransactionVerdict,
): TransactionVerdict {
  const isByName = READS_BY_NAME.has(model);
  const byName = judge(withoutUnfound(columns), isByName ? model : strongest(columns, 'repeatable-read'));
  const whole = judge(columns, isByName ? strongest(columns, 'serializable') : model);
  const direct = whole.anomalies.filter(({ cycle }) => cycle.length === 0);
  const broken = direct.find(({ rulesOut }) => rulesOut.includes(model));
  const known = new Set(byName.anomalies.map(({ sentence }) => sentence));
  const anomalies = [...byName.anomalies, ...whole.anomalies.filter(({ sentence }) => !known.has(sentence))];
  const isOut = (name: TransactionModel): boolean =>
    READS_BY_NAME.has(name)
      ? byName.ruledOut.includes(name) || direct.some(({ rulesOut }) => rulesOut.includes(name))
      : whole.ruledOut.includes(name);
  const told = isByName && broken === undefined ? byName : whole;
  const promise = `${model} transactions`;
  const verdict = { ...told, promise, model, anomalies };
  return {
    ...verdict,
    ...(isByName && broken !== undefined ? { status: 'violated', reason: broken.sentence } : {}),
    ruledOut: TRANSACTION_MODEL_NAMES.filter(isOut),
    notRuledOut: TRANSACTION_MODEL_NAMES.filter((name) => !isOut(name)),
  };
}

function strongest(
  { realtime }: TransactionColumns,
  kind: 'repeatable-read' | 'serializable',
): TransactionModel {
  if (kind === 'serializable') return realtime ? 'strict-serializable' : 'strong-session-serializable';
  return realtime ? 'strong-repeatable-read' : 'strong-session-repeatable-read';
}
