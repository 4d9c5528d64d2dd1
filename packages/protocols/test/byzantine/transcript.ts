import { encodePlain, type Plain } from '@holdfast/plain';
import type { ByzantineExecution } from '../../src/byzantine/index.ts';
import type { Trial } from './trial.ts';

const TOLD = ['view', 'active', 'height', 'round', 'sequence', 'position', 'by', 'votes', 'value'];

/** A run as text: what happens, who says what to whom, round by round of messages, and what nodes note. */
export function transcriptOf<S extends { execution: ByzantineExecution }, M>(
  trial: Trial<S, M>,
  scenes: readonly (readonly [string, () => void])[],
): string {
  const lines: string[] = [];
  const { replicas } = trial;
  const hear = replicas.onNote;
  replicas.onNote = (id, kind, data): void => {
    hear?.(id, kind, data);
    const told = data as { readonly [key: string]: Plain | undefined };
    const words = TOLD.flatMap((name) => {
      const value = told[name];
      return value === undefined || typeof value === 'object' ? [] : [`${name} ${encodePlain(value)}`];
    });
    lines.push(`  ${id} ${kind}: ${words.join(', ')}`);
  };
  for (const [name, act] of scenes) {
    if (lines.length > 0) lines.push('');
    lines.push(name);
    act();
    while (replicas.flying.length > 0) {
      lines.push(...saidNow(trial));
      replicas.deliverWhere(() => true);
    }
    trial.collect();
  }
  return lines.join('\n');
}

/** What is in flight, one line for each sender and kind. */
function saidNow<S extends { execution: ByzantineExecution }, M>({ replicas }: Trial<S, M>): string[] {
  const said = new Map<string, number[]>();
  for (const { from, to, message } of replicas.flying) {
    const name = `${from} ${replicas.core.messageType(message)}`;
    said.set(name, [...(said.get(name) ?? []), to]);
  }
  return [...said].map(([name, to]) => {
    const each = [...new Set(to)];
    const times = to.length / each.length;
    return `${name}${times > 1 ? ` x${times}` : ''} -> ${each.join(' ')}`;
  });
}
