/// <reference lib="dom" />
import { figureParts } from '../html/figure.ts';
import { eventDetails, operationDetails } from '../html/details.ts';
import type { RunModel } from '../model/model.ts';
import { overviewTime } from '../pictures/overview.ts';
import { type Picture, picturesOf } from '../pictures/pictures.ts';
import { buildFrame, firstView, type View, windowText } from '../pictures/view.ts';
import { sceneToSvg } from '../scene/svg.ts';
import { eventSentence, operationText } from '../text/sentence.ts';
import { formatTime } from '../text/format.ts';
import { followPointer } from './pointer.ts';
import { savePicture } from './save.ts';
import { listenToSearch } from './search.ts';
import {
  type Command,
  commandOf,
  moved,
  selectEvent,
  selectOperation,
  step,
  windowBetween,
  zoomed,
} from './steps.ts';

/** How long the reader rests before pictures out of sight are drawn. */
const REST_MS = 120;

/** What others may want to know of a player. */
export interface PlayerHooks {
  /** The reader has selected an event, or (-1) none. */
  readonly onSelect?: (event: number) => void;
  /** The window has changed. */
  readonly onWindow?: (view: View) => void;
  /** The reader has chosen an event in a picture of another run. */
  readonly onForeign?: (event: number) => void;
  /** What can be done with the selected event, as trusted markup. */
  readonly actions?: (event: number) => string;
}

/** Shows one run and lets the reader move in it. All drawing is done by the same pure functions that wrote the page. */
export class Player {
  private view: View;
  readonly root: HTMLElement;
  private readonly model: RunModel;
  private readonly run: number;
  private readonly pictures: readonly Picture[];
  /** Ends links to events, so that a link to another run is known to be stale. */
  private readonly suffix: string;
  hooks: PlayerHooks = {};
  /** Pictures out of sight are drawn when the reader rests. */
  private readonly stale = new Set<Picture>();
  private resting = 0;
  private pending = false;

  constructor(
    root: HTMLElement,
    model: RunModel,
    run: number,
    pictures: readonly Picture[] = picturesOf(model),
  ) {
    this.root = root;
    this.model = model;
    this.run = run;
    for (const hidden of root.querySelectorAll<HTMLElement>('.controls, .live')) hidden.hidden = false;
    const digest = document.getElementById(`run-${run}`)?.dataset['digest'] ?? '';
    this.suffix = digest === '' ? '' : `~${digest.slice(0, 8)}`;
    this.pictures = pictures;
    this.view = firstView(model, this.width());
    this.listen();
    this.draw();
  }

  /** Selects an event and shows it. */
  selectEvent(event: number): void {
    this.change(selectEvent(this.model, this.view, event));
  }

  /** Selects an operation and shows it. */
  selectOperation(operation: number): void {
    this.change(selectOperation(this.model, this.view, operation));
  }

  /** The window shown. */
  get window(): View {
    return this.view;
  }

  /** Shows the window of another player. */
  follow({ from, until, squeeze }: Pick<View, 'from' | 'until' | 'squeeze'>): void {
    if (from === this.view.from && until === this.view.until && squeeze === this.view.squeeze) return;
    this.show({ ...this.view, from, until, squeeze });
  }

  /** Marks the instant from which on this run and another differ, or that they do not. */
  markDivergence(at: number | undefined): void {
    const { divergence: _, ...view } = this.view;
    this.show(at === undefined ? view : { ...view, divergence: at });
  }

  /** Moves the window to an event when it lies outside, without selecting it. */
  reveal(event: number): void {
    const { from, until } = selectEvent(this.model, this.view, event);
    this.show({ ...this.view, from, until });
  }

  /** Draws everything anew, after something outside the view has changed. */
  redraw(): void {
    this.show({ ...this.view });
  }

  /** Brings the pictures into sight and gives them the keyboard. */
  focus(): void {
    const stage = this.part('.stage');
    const box = stage?.getBoundingClientRect();
    const seen = box !== undefined && box.top < window.innerHeight * 0.7 && box.bottom > 120;
    if (!seen) stage?.scrollIntoView({ block: 'start' });
    stage?.focus({ preventScroll: true });
  }

  private part(selector: string): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(selector);
  }

  private width(): number {
    const inner = this.part('.canvas')?.clientWidth ?? 0;
    return Math.max(320, inner);
  }

  private listen(): void {
    this.root.addEventListener('keydown', (event) => this.onKey(event));
    this.root.addEventListener('click', (event) => this.onClick(event));
    const stage = this.part('.stage');
    stage?.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    stage?.addEventListener('pointerdown', (event) => this.onPointer(event));
    const field = this.part('[data-search]');
    if (field instanceof HTMLInputElement) listenToSearch(field, this.part('.found'), this.model, this);
    this.root.addEventListener('toggle', (event) => this.onToggle(event), true);
    new ResizeObserver(() => {
      const rendered = (this.part('.canvas')?.clientWidth ?? 0) > 0;
      if (rendered && this.width() !== this.view.width) this.change({ ...this.view, width: this.width() });
    }).observe(this.root);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement) return;
    if (event.key === '/') {
      event.preventDefault();
      this.part('[data-search]')?.focus();
      return;
    }
    const command = commandOf(event.key);
    if (command === undefined) return;
    event.preventDefault();
    this.perform(command);
  }

  private perform(command: Command): void {
    if (command === 'help') this.toggleHelp();
    else if (command === 'picture') this.savePicture();
    else this.change(step(this.model, this.view, command));
  }

  private savePicture(): void {
    const svg = this.part('[data-picture="messages"] .canvas svg, [data-picture="operations"] .canvas svg');
    if (svg !== null) savePicture(svg);
  }

  private toggleHelp(): void {
    const help = this.part('.help');
    if (help === null) return;
    help.hidden = !help.hidden;
    if (!help.hidden) help.focus();
    else this.part('.stage')?.focus({ preventScroll: true });
  }

  private onClick(event: MouseEvent): void {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const button = target.closest<HTMLElement>('[data-command]');
    if (button !== null) {
      this.perform(button.dataset['command'] as Command);
      return;
    }
    const mark = target.closest('svg [data-e], svg [data-o]');
    if (mark === null) {
      if (event instanceof PointerEvent && event.pointerType === 'touch') this.onTouch(event, target);
      return;
    }
    const id = mark.getAttribute('data-e');
    if (mark.closest('[data-foreign]') !== null) this.hooks.onForeign?.(Number(id ?? -1));
    else if (id !== null) this.selectEvent(Number(id));
    else this.selectOperation(Number(mark.getAttribute('data-o')));
    this.part('.stage')?.focus({ preventScroll: true });
  }

  /** A finger scrolls the page; a tap on the overview moves the window there. */
  private onTouch(event: PointerEvent, target: Element): void {
    const canvas = target.closest('[data-picture=overview] .canvas');
    if (canvas === null) return;
    const at = overviewTime(this.model, this.view.width, event.clientX - canvas.getBoundingClientRect().left);
    this.change(moved(this.model, this.view, at - (this.view.until - this.view.from) / 2));
  }

  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
    if (event.ctrlKey) this.change(zoomed(this.model, this.view, delta > 0 ? 1.25 : 0.8, this.timeAt(event)));
    else
      this.change(
        moved(
          this.model,
          this.view,
          this.view.from + Math.sign(delta) * (this.view.until - this.view.from) * 0.1,
        ),
      );
  }

  /** The instant under the pointer in one of the windowed pictures. */
  private timeAt(event: MouseEvent): number {
    const canvas = event.target instanceof Element ? event.target.closest('.canvas') : null;
    const box = canvas?.getBoundingClientRect();
    const x = event.clientX - (box?.left ?? 0) + (canvas?.scrollLeft ?? 0);
    return buildFrame(this.model, this.view).scale.time(x);
  }

  private onPointer(event: PointerEvent): void {
    if (event.button !== 0 || !(event.target instanceof Element)) return;
    const picture = event.target.closest<HTMLElement>('[data-picture]');
    const canvas = event.target.closest<HTMLElement>('.canvas');
    if (picture === null || canvas === null || event.pointerType === 'touch') return;
    if (picture.dataset['picture'] === 'overview') this.dragWindow(event, canvas);
    else this.dragTime(event, canvas);
  }

  /** In the overview: a click centres the window, a drag draws a new one. */
  private dragWindow(start: PointerEvent, canvas: HTMLElement): void {
    const instant = (event: PointerEvent): number =>
      overviewTime(this.model, this.view.width, event.clientX - canvas.getBoundingClientRect().left);
    const from = instant(start);
    followPointer(
      canvas,
      start,
      (event) => this.change(windowBetween(this.model, this.view, from, instant(event))),
      () => this.change(moved(this.model, this.view, from - (this.view.until - this.view.from) / 2)),
    );
  }

  /** In the other pictures: a drag moves the window. */
  private dragTime(start: PointerEvent, canvas: HTMLElement): void {
    const { from, until, width } = this.view;
    const perPixel = (until - from) / width;
    followPointer(
      canvas,
      start,
      (event) => this.change(moved(this.model, this.view, from - (event.clientX - start.clientX) * perPixel)),
      () => undefined,
    );
  }

  private change(view: View): void {
    const before = this.view;
    this.show(view);
    const moved = view.from !== before.from || view.until !== before.until || view.squeeze !== before.squeeze;
    if (moved) this.hooks.onWindow?.(view);
  }

  private show(view: View): void {
    const selected = view.event !== this.view.event || view.operation !== this.view.operation;
    this.view = view;
    if (selected) {
      this.announce();
      this.link();
      this.hooks.onSelect?.(view.event);
    }
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.draw();
    });
  }

  private draw(): void {
    for (const picture of this.pictures) {
      if (this.inSight(picture)) this.drawPicture(picture);
      else this.stale.add(picture);
    }
    window.clearTimeout(this.resting);
    if (this.stale.size > 0) this.resting = window.setTimeout(() => this.catchUp(), REST_MS);
    const label = this.part('.window-label');
    if (label !== null) label.textContent = windowText(this.model, this.view);
    const pressed = {
      squeeze: !this.view.squeeze,
      stamps: this.view.stamps !== undefined,
      cone: this.view.cone === true,
    };
    for (const [command, on] of Object.entries(pressed)) {
      this.part(`[data-command="${command}"]`)?.setAttribute('aria-pressed', String(on));
    }
    this.drawDetails();
  }

  private catchUp(): void {
    for (const picture of this.stale) this.drawPicture(picture);
  }

  private inSight({ id }: Picture): boolean {
    const box = this.part(`[data-picture="${id}"]`)?.getBoundingClientRect();
    return box !== undefined && box.bottom > -200 && box.top < window.innerHeight + 200;
  }

  private drawPicture(picture: Picture): void {
    this.stale.delete(picture);
    const figure = this.part(`[data-picture="${picture.id}"]`);
    if (figure === null) return;
    const scene = picture.layout(this.model, this.view);
    const parts = figureParts(scene, this.model.unit, this.run);
    put(figure.querySelector('.canvas'), sceneToSvg(scene));
    put(figure.querySelector('.notes'), parts.notes);
    put(figure.querySelector('.twin summary'), parts.summary);
    const twin = figure.querySelector<HTMLDetailsElement>('details.twin');
    // A closed twin is written when it is opened: long lists cost more than the picture.
    if (twin?.open === true) put(twin.querySelector('.lines'), parts.twin());
  }

  private onToggle(event: Event): void {
    const { target } = event;
    if (!(target instanceof HTMLDetailsElement) || !target.open) return;
    const id = target.closest<HTMLElement>('[data-picture]')?.dataset['picture'];
    const picture = this.pictures.find((candidate) => candidate.id === id);
    if (picture !== undefined) this.drawPicture(picture);
  }

  private drawDetails(): void {
    const panel = this.part('.details');
    if (panel === null) return;
    const { event, operation } = this.view;
    const html =
      event >= 0
        ? eventDetails(this.model, event, this.run)
        : operation >= 0
          ? operationDetails(this.model, operation, this.run)
          : '';
    panel.hidden = html === '';
    const key = `${event} ${operation}`;
    if (panel.dataset['shown'] === key) return;
    panel.dataset['shown'] = key;
    put(panel.querySelector('.body'), `${html}${event >= 0 ? (this.hooks.actions?.(event) ?? '') : ''}`);
    panel.scrollTop = 0;
  }

  private announce(): void {
    const live = this.part('.live');
    if (live === null) return;
    const event = this.model.trace.events[this.view.event];
    const operation = this.model.operations.get(this.view.operation);
    if (event !== undefined) {
      live.textContent = `Event ${event.id} of ${this.model.trace.events.length}, ${formatTime(event.at, this.model.unit)}: ${eventSentence(this.model, event)}`;
    } else if (operation === undefined) live.textContent = 'Nothing selected';
    else live.textContent = `Operation ${operation.id}: ${operationText(operation)}`;
  }

  /** Keeps the address pointing at the selection, so that it can be passed on. */
  private link(): void {
    const { event, operation } = this.view;
    const place = event >= 0 ? `/e${event}` : operation >= 0 ? `/o${operation}` : '';
    try {
      window.history.replaceState(null, '', `#run-${this.run}${place}${place === '' ? '' : this.suffix}`);
    } catch {
      // Some viewers forbid it for local files; the page works without.
    }
  }
}

/** Replaces an element's content by markup made of escaped text. */
function put(element: Element | null, html: string): void {
  if (element !== null) element.innerHTML = html;
}
