/// <reference lib="dom" />
import { decodeRun } from '../data/codec.ts';
import { buildModel } from '../model/model.ts';
import { Player } from './player.ts';

const players = new Map<number, Player>();

/** The text of a run's data element, unpacked when it was packed. */
async function textOf(element: Element): Promise<string> {
  const text = element.textContent ?? '';
  if (element.getAttribute('data-packing') !== 'gzip') return text;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return await new Response(stream).text();
}

async function start(section: HTMLElement): Promise<void> {
  const run = Number(section.dataset['run']);
  const data = section.querySelector('script[type="application/json"]');
  const root = section.querySelector<HTMLElement>('.player');
  if (data === null || root === null) return;
  const model = buildModel(decodeRun(await textOf(data)));
  for (const hidden of root.querySelectorAll<HTMLElement>('.controls, .live')) hidden.hidden = false;
  players.set(run, new Player(root, model, run));
}

/** Selects what an address names: `#run-1/e17` an event, `#run-1/o4` an operation. */
function follow(hash: string): boolean {
  const match = /^#run-(\d+)\/([eo])(\d+)$/.exec(hash);
  const player = players.get(Number(match?.[1] ?? -1));
  if (match === null || player === undefined) return false;
  if (match[2] === 'e') player.selectEvent(Number(match[3]));
  else player.selectOperation(Number(match[3]));
  player.focus();
  return true;
}

async function copy(button: HTMLElement): Promise<void> {
  const source = document.getElementById(button.dataset['copy'] ?? '');
  if (source === null) return;
  try {
    await window.navigator.clipboard.writeText(source.textContent ?? '');
    button.textContent = 'Copied';
  } catch {
    window.getSelection()?.selectAllChildren(source);
    button.textContent = 'Selected: press Ctrl+C';
  }
}

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element)) return;
  const button = event.target.closest<HTMLElement>('[data-copy]');
  if (button !== null) void copy(button);
  const link = event.target.closest<HTMLAnchorElement>('a[data-run]');
  if (link !== null && follow(link.hash)) event.preventDefault();
});

window.addEventListener('hashchange', () => follow(window.location.hash));

async function startAll(): Promise<void> {
  for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) button.hidden = false;
  await Promise.all([...document.querySelectorAll<HTMLElement>('section.run')].map(start));
  follow(window.location.hash);
}

void startAll();
