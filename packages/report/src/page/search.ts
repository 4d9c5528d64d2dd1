/// <reference lib="dom" />
import type { RunModel } from '../model/model.ts';
import { searchEvents } from '../model/search.ts';
import { counted } from '../text/format.ts';

/** Where a search shows what it has found. */
interface Target {
  readonly window: { readonly event: number };
  selectEvent(event: number): void;
}

/** Enter goes to the next event found, Shift and Enter to the one before; both go round. */
export function listenToSearch(
  field: HTMLInputElement,
  said: HTMLElement | null,
  model: RunModel,
  target: Target,
): void {
  let query = '';
  let found: readonly number[] = [];
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (field.value !== query) {
      query = field.value;
      found = searchEvents(model, query);
    }
    const now = target.window.event;
    const next = event.shiftKey
      ? (found.findLast((id) => id < now) ?? found.at(-1))
      : (found.find((id) => id > now) ?? found[0]);
    if (next !== undefined) target.selectEvent(next);
    if (said === null) return;
    const place = next === undefined ? 0 : found.indexOf(next) + 1;
    said.textContent = next === undefined ? 'nothing found' : `${place} of ${counted(found.length, 'event')}`;
  });
}
