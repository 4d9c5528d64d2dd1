/// <reference lib="dom" />
import { decodeRun } from '../data/codec.ts';
import { buildModel } from '../model/model.ts';
import { textOf } from './packed.ts';
import { Player } from './player.ts';
import { WhatIf } from './whatIf.ts';

const players = new Map<number, Player>();

async function start(section: HTMLElement): Promise<void> {
  const run = Number(section.dataset['run']);
  const data = section.querySelector('script[data-trace]');
  const root = section.querySelector<HTMLElement>('.player');
  if (data === null || root === null) return;
  const model = buildModel(decodeRun(await textOf(data)));
  const player = new Player(root, model, run);
  players.set(run, player);
  const place = section.querySelector<HTMLElement>('.whatif');
  if (place !== null) void new WhatIf(section, place, player, model, players).start();
}

/**
 * Selects what an address names: `#run-1/e17` an event, `#run-1/o4` an operation. An address made for another run
 * (`#run-1/e17~` and the first digits of its digest) selects nothing and is said to be stale.
 */
function follow(hash: string): boolean {
  const match = /^#run-(\d+)\/([eo])(\d+)(?:~([0-9a-f]+))?$/.exec(hash);
  const run = Number(match?.[1] ?? -1);
  const player = players.get(run);
  if (match === null || player === undefined) return false;
  const own = document.getElementById(`run-${run}`)?.dataset['digest'] ?? '';
  const wanted = match[4] ?? '';
  const warning = document.getElementById('stale');
  if (warning !== null) warning.hidden = own.startsWith(wanted);
  if (!own.startsWith(wanted)) {
    if (warning !== null) {
      warning.textContent =
        `This link is stale: it was made for a run with digest ${wanted}…, and this page shows ${own}. ` +
        'The code or the plan has changed since.';
    }
    return false;
  }
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
  // For measurements: everything in sight is drawn.
  performance.mark('holdfast-drawn');
  follow(window.location.hash);
}

void startAll();
