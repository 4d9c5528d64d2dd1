import { encodePlain } from '@holdfast/plain';
import type { TraceEvent } from '@holdfast/trace';
import { nodeName, type RunModel } from './model.ts';

/**
 * The events a search finds, in order. Every word must occur, whatever its case, in the event's kind, node, peer, label or data;
 * `kind:deliver`, `node:N2` and `label:Vote` ask for one field and must be all of it. An empty search finds nothing.
 */
export function searchEvents(model: RunModel, query: string): readonly number[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const fields = words.flatMap((word) => {
    const match = /^(kind|node|label):(.+)$/.exec(word);
    return match === null ? [] : [{ field: match[1] ?? '', value: match[2] ?? '' }];
  });
  const plain = words.filter((word) => !/^(kind|node|label):./.test(word));
  return model.trace.events
    .filter((event) => fields.every(({ field, value }) => fieldOf(model, event, field) === value))
    .filter((event) => plain.every((word) => mentions(model, event, word)))
    .map(({ id }) => id);
}

function fieldOf(model: RunModel, event: TraceEvent, field: string): string {
  const value = field === 'kind' ? event.kind : field === 'node' ? nodeName(model, event.node) : event.label;
  return value.toLowerCase();
}

function mentions(model: RunModel, event: TraceEvent, word: string): boolean {
  if (event.label.toLowerCase().includes(word) || event.kind.includes(word)) return true;
  if (nodeName(model, event.node).toLowerCase().includes(word)) return true;
  if (event.peer >= 0 && nodeName(model, event.peer).toLowerCase().includes(word)) return true;
  return event.data !== null && encodePlain(event.data).toLowerCase().includes(word);
}
