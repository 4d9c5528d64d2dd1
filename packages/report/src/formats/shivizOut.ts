import type { Trace } from '@holdfast/trace';
import { computeCausality } from '../model/causality.ts';
import { buildModel } from '../model/model.ts';
import { oneLine } from '../text/escape.ts';
import { eventSentence } from '../text/sentence.ts';

/** The first line of what is written: how each entry is read. The second line, empty, says that there is one execution. */
export const SHIVIZ_HEADER = '(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)';

/**
 * A run as a ShiViz log: two lines for each step of a node, its vector clock and its sentence. ShiViz wants every clock to grow by
 * exactly 1, so what only describes (states, notes, losses) is left out. Spaces in host names become dashes.
 */
export function printShiviz(trace: Trace): string {
  const causality = computeCausality(trace);
  const model = buildModel({ trace, history: { operations: [], timeUnit: 'us' }, verdicts: [] });
  const names = trace.nodes.map(({ name }) => oneLine(name).replaceAll(' ', '-'));
  const lines = [SHIVIZ_HEADER, ''];
  for (const event of trace.events) {
    if (causality.ticks[event.id] !== 1 || event.node < 0) continue;
    const clock: Record<string, number> = {};
    names.forEach((name, i) => {
      const entry = causality.vectors[event.id * names.length + i] ?? 0;
      if (entry > 0) clock[name] = entry;
    });
    lines.push(`${names[event.node]} ${JSON.stringify(clock)}`, eventSentence(model, event));
  }
  return `${lines.join('\n')}\n`;
}
