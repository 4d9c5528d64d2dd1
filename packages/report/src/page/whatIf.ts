/// <reference lib="dom" />
import { changedPlan, type Knob, type Knobs } from './knobs.ts';
import { futureHtml, type Ran } from '../html/future.ts';
import { faultRows, type RerunHead } from '../html/whatIf.ts';
import { buildModel, nodeName, type RunModel, verdictMarks } from '../model/model.ts';
import { picturesOf } from '../pictures/pictures.ts';
import { layoutSpaceTime } from '../pictures/spaceTime.ts';
import { shareInstants, type View } from '../pictures/view.ts';
import type { Scene } from '../scene/scene.ts';
import { codeDigest, type PrintFormat, type RerunPlan, type RerunRequest } from '../rerun/data.ts';
import { planChanges } from '../rerun/edits.ts';
import { evidenceText } from '../rerun/evidence.ts';
import { counted, formatTime } from '../text/format.ts';
import { escapeHtml } from '../text/escape.ts';
import { textOf } from './packed.ts';
import { Player } from './player.ts';
import { save } from './save.ts';
import { RerunWorker } from './worker.ts';

/** Numbers of other futures start here, clear of the runs a page comes with. */
const FUTURES_FROM = 1000;

/** The markup of a player, empty, with a place for the diagram of the first run right above that of its own. */
function copyOfPlayer(original: HTMLElement): HTMLElement {
  const root = original.cloneNode(true) as HTMLElement;
  const own = root.querySelector<HTMLElement>('[data-picture="messages"]');
  if (own !== null) {
    const first = own.cloneNode(true) as HTMLElement;
    first.dataset['picture'] = 'first';
    first.dataset['foreign'] = '';
    first.querySelector('.signs')?.remove();
    const caption = first.querySelector('figcaption');
    if (caption !== null) caption.textContent = 'The first run, for comparison';
    const ownCaption = own.querySelector('figcaption');
    if (ownCaption !== null) ownCaption.textContent = 'The other future, in space and time';
    own.before(first);
  }
  const live = root.querySelector<HTMLElement>('.live');
  if (live !== null) live.textContent = 'Nothing selected';
  const details = root.querySelector<HTMLElement>('.details');
  if (details !== null) {
    details.hidden = true;
    delete details.dataset['shown'];
  }
  return root;
}

/** The diagram of the first run in the window of another. */
function firstRun(model: RunModel, view: View): Scene {
  return { ...layoutSpaceTime(model, { ...view, event: -1, operation: -1 }), id: 'first' };
}

/** Runs a run again in the page, and what the reader makes of it beside it. */
export class WhatIf {
  private readonly section: HTMLElement;
  private readonly place: HTMLElement;
  private readonly player: Player;
  private readonly model: RunModel;
  private readonly players: Map<number, Player>;
  private readonly run: number;
  private head: RerunHead | undefined;
  private worker: RerunWorker | undefined;
  private base: Ran | undefined;
  /** The plans the reader has come through; the last one is shown. */
  private plans: RerunPlan[] = [];
  private future: { readonly player: Player; readonly model: RunModel; readonly ran: Ran } | undefined;
  /** Where the reader has selected an event last. */
  private chosen: { readonly future: boolean; readonly event: number } = { future: false, event: -1 };

  constructor(
    section: HTMLElement,
    place: HTMLElement,
    player: Player,
    model: RunModel,
    players: Map<number, Player>,
  ) {
    this.section = section;
    this.place = place;
    this.player = player;
    this.model = model;
    this.players = players;
    this.run = Number(section.dataset['run']);
  }

  /** Makes the run again and says whether it is the same. */
  async start(): Promise<void> {
    const data = this.place.querySelector('script[data-rerun]');
    if (data === null) return;
    this.place.hidden = false;
    const head = JSON.parse(data.textContent ?? '') as RerunHead;
    this.head = head;
    const element = document.querySelector(`script[data-code="${CSS.escape(head.codeDigest)}"]`);
    if (element === null) {
      this.say('.rerun', 'The code of this run is missing from the page: it cannot be made again.');
      return;
    }
    const code = JSON.parse(await textOf(element)) as string;
    const carried = codeDigest(code);
    this.worker = new RerunWorker(code);
    const started = performance.now();
    const answer = await this.ask({ base: true, plan: head.plan });
    const ms = Math.max(1, Math.round(performance.now() - started));
    if (answer === undefined) return;
    this.base = answer;
    this.plans = [answer.plan];
    this.say('.rerun', this.verdictOnRerun(answer, ms, carried));
    this.place.dataset['rerun'] = answer.digest;
    this.section.addEventListener('click', (event) => this.onClick(event));
    this.player.hooks = this.hooks(false);
  }

  private verdictOnRerun(ran: Ran, ms: number, carried: string): string {
    const recorded = this.section.dataset['digest'] ?? '';
    const how = `made again in this page, ${counted(ran.events, 'event')} in ${ms} ms`;
    const code =
      carried === this.head?.codeDigest
        ? ''
        : ` The code is not what the run was made with: its digest is ${carried}, recorded was ${this.head?.codeDigest}.`;
    if (ran.digest === recorded) return `✓ The same run: ${how}, with the same digest ${ran.digest}.${code}`;
    return `✗ Stale: ${how}, with digest ${ran.digest}, while ${recorded} is recorded.${code}`;
  }

  private async ask(request: Omit<RerunRequest, 'id' | 'experiment'>): Promise<Ran | undefined> {
    const { worker, head } = this;
    if (worker === undefined || head === undefined) return undefined;
    const answer = await worker.ask({ ...request, experiment: head.experiment });
    if (answer.kind === 'ran') {
      this.refuse('');
      return answer;
    }
    if (answer.kind === 'failed') this.refuse(`This cannot be run: ${answer.reason}`);
    return undefined;
  }

  private refuse(text: string): void {
    const place = this.place.querySelector<HTMLElement>('.refused');
    if (place === null) return;
    place.hidden = text === '';
    place.textContent = text;
  }

  private say(selector: string, text: string): void {
    const place = this.place.querySelector(selector);
    if (place !== null) place.textContent = text;
  }

  private hooks(future: boolean): Player['hooks'] {
    return {
      onSelect: (event) => {
        this.chosen = { future, event };
        this.sayChosen();
      },
      onWindow: (view) => {
        if (future) this.player.follow(view);
        else this.future?.player.follow(view);
      },
      actions: (event) => this.actions(future, event),
    };
  }

  /** What can be changed at an event, right where it is shown. */
  private actions(future: boolean, event: number): string {
    const { message } = this.eventOf(future, event) ?? { message: -1 };
    if (message < 0) return '';
    const from = ` data-future="${future ? 1 : 0}" data-event="${event}"`;
    return (
      `<p class="muted">What if? <button type="button" data-edit="drop"${from}>Lose this message</button> ` +
      `<button type="button" data-edit="delay"${from}>Delay it</button></p>`
    );
  }

  private eventOf(future: boolean, event: number): RunModel['trace']['events'][number] | undefined {
    return (future ? this.future?.model : this.model)?.trace.events[event];
  }

  private sayChosen(): void {
    const event = this.eventOf(this.chosen.future, this.chosen.event);
    const message = event === undefined ? undefined : this.model.messageOf.get(event.message);
    const at = event === undefined ? '' : String(event.at / 1000);
    const field = this.place.querySelector<HTMLInputElement>('[data-field="hostAt"]');
    if (field !== null && at !== '') field.value = at;
    this.say(
      '.chosen',
      message === undefined
        ? 'Select an arrow in the picture above.'
        : `Message ${message.number}, ${message.label}, from ${nodeName(this.model, message.from)} to ` +
            `${nodeName(this.model, message.to)}, sent at ${formatTime(message.sentAt)}.`,
    );
  }

  private onClick(event: MouseEvent): void {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>('[data-edit]');
    if (button !== null) void this.perform(button);
  }

  private async perform(button: HTMLElement): Promise<void> {
    const knob = button.dataset['edit'] as Knob;
    const now = this.plans.at(-1);
    if (now === undefined) return;
    if (knob === 'save') this.save(now);
    else if (knob === 'print') await this.print(now, this.knobs(button).text('print') as PrintFormat);
    else if (knob === 'undo') await this.show(this.plans.slice(0, Math.max(1, this.plans.length - 1)));
    else if (knob === 'reset') await this.show(this.plans.slice(0, 1));
    else if (knob === 'seed') {
      const ran = await this.ask({ base: false, seed: this.knobs(button).number('seed') });
      if (ran !== undefined) this.present([...this.plans, ran.plan], ran);
    } else {
      const changed = changedPlan(now, knob, this.knobs(button));
      if (typeof changed === 'string') this.refuse(changed);
      else await this.show([...this.plans, changed]);
    }
  }

  /** Where the values of a change are read: the row of its button, else the panel. */
  private knobs(button: HTMLElement): Knobs {
    const row = button.closest('[data-fault]') ?? this.place;
    const input = (name: string): string =>
      row.querySelector<HTMLInputElement | HTMLSelectElement>(`[data-field="${name}"]`)?.value ?? '';
    const { event: own, future } = button.dataset;
    const chosen = own === undefined ? this.chosen : { future: future === '1', event: Number(own) };
    const late = !chosen.future && (this.future?.ran.divergence?.event ?? Infinity) <= chosen.event;
    return {
      number: (name) => Number(input(name)),
      text: (name) => button.dataset[name] ?? input(name),
      message: this.eventOf(chosen.future, chosen.event)?.message ?? -1,
      messageIsFromAnotherRun: late,
      fault: Number(row.getAttribute('data-fault') ?? -1),
    };
  }

  private async show(plans: RerunPlan[]): Promise<void> {
    const plan = plans.at(-1);
    if (plan === undefined) return;
    if (plans.length === 1) {
      this.plans = plans;
      this.forget();
      return;
    }
    const ran = await this.ask({ base: false, plan });
    if (ran !== undefined) this.present(plans, ran);
  }

  /** Back to the run as it was. */
  private forget(): void {
    this.future = undefined;
    this.players.delete(FUTURES_FROM + this.run);
    this.player.markDivergence(undefined);
    this.listChanges();
    const place = this.place.querySelector<HTMLElement>('.future');
    if (place === null) return;
    place.hidden = true;
    place.innerHTML = '';
  }

  private present(plans: RerunPlan[], ran: Ran): void {
    const place = this.place.querySelector<HTMLElement>('.future');
    const { base } = this;
    if (place === null || base === undefined) return;
    this.plans = plans;
    const { trace, history, verdicts, digest } = ran;
    const model = buildModel({ trace, history, verdicts: verdicts.map(verdictMarks) });
    const index = FUTURES_FROM + this.run;
    place.id = `run-${index}`;
    place.dataset['digest'] = digest;
    place.innerHTML = futureHtml(base, ran, model, this.run, index);
    place.hidden = false;
    const root = copyOfPlayer(this.player.root);
    place.append(root);
    shareInstants(this.model, model);
    const player = new Player(root, model, index, [
      ...picturesOf(model),
      { id: 'first', layout: (_, view) => firstRun(this.model, view) },
    ]);
    this.future = { player, model, ran };
    this.players.set(index, player);
    const event = ran.divergence?.event ?? -1;
    const sides = [this.model, model].flatMap((one) => one.trace.events[event]?.at ?? []);
    const at = sides.length === 0 ? undefined : Math.min(...sides);
    player.follow(this.player.window);
    player.markDivergence(at);
    player.reveal(event);
    this.player.markDivergence(at);
    this.player.follow(player.window);
    player.hooks = { ...this.hooks(true), onForeign: (foreign) => this.player.selectEvent(foreign) };
    this.listChanges();
  }

  private listChanges(): void {
    const place = this.place.querySelector<HTMLElement>('.changes');
    const [first] = this.plans;
    const now = this.plans.at(-1);
    if (place === null || first === undefined || now === undefined) return;
    place.hidden = this.plans.length === 1;
    const list = place.querySelector('ol');
    const changes = planChanges(first, now);
    if (list !== null) list.innerHTML = changes.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
    const rows = this.place.querySelector('.faults .rows');
    if (rows !== null) rows.innerHTML = faultRows(now);
  }

  private async print(plan: RerunPlan, format: PrintFormat): Promise<void> {
    const { worker, head } = this;
    const answer = await worker?.ask({
      experiment: head?.experiment ?? '',
      base: false,
      plan,
      print: format,
    });
    if (answer?.kind !== 'printed') return;
    const ending = { shiviz: 'log', mermaid: 'mmd', chrome: 'trace.json', json: 'json' }[format];
    save(`${head?.experiment}.${ending}`, answer.text, 'text/plain');
  }

  private save(plan: RerunPlan): void {
    const { head } = this;
    const ran = this.future?.ran ?? this.base;
    if (head === undefined || ran === undefined) return;
    save(`${head.experiment}-${ran.digest.slice(0, 8)}.json`, evidenceText(head, plan, ran));
  }
}
