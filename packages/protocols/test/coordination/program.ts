import type { CoordinationResult, Recipe, RecipeAsk } from '../../src/coordination/index.ts';
import { type Run, settle } from './support.ts';

/** Each program is a client of its own: the service carries out what a client repeats once. */
const lastClient = new WeakMap<Run, number>();

/** A client that follows a recipe, a step each time it is let; between two steps it may be paused for as long as the test likes. */
export class Program<T> {
  value: T | undefined;
  isDone = false;
  error: unknown;
  private readonly run: Run;
  private readonly recipe: Recipe<T>;
  private readonly client: number;
  private sequence = 0;
  private waiting: { readonly node: number; readonly request: number } | undefined;
  private step: IteratorResult<RecipeAsk, T> | undefined;

  constructor(run: Run, recipe: Recipe<T>) {
    this.run = run;
    this.client = (lastClient.get(run) ?? 0) + 1;
    lastClient.set(run, this.client);
    this.recipe = recipe;
  }

  /** Goes on until it waits for something, or is done. */
  go(): this {
    for (let turn = 0; turn < 200 && !this.isDone; turn++) if (!this.once()) return this;
    return this;
  }

  /** Whether what it waits for has come. */
  wasAnswered(): boolean {
    return this.waiting !== undefined && this.run.group.replies.has(this.waiting.request);
  }

  /** The watch it waits for has waited long enough. */
  giveUpWatch(): void {
    if (this.waiting === undefined) return;
    const { node, request } = this.waiting;
    this.run.group.fire(node, `watch/${request}`);
  }

  /** One question or one answer; false when there is nothing to do. */
  once(): boolean {
    if (this.isDone) return false;
    try {
      if (this.step === undefined) this.take(this.recipe.next(undefined as never));
      else if (this.waiting === undefined) this.ask();
      else {
        const reply = this.run.group.replies.get(this.waiting.request);
        if (reply === undefined) return false;
        this.waiting = undefined;
        // Nothing was done: another member is asked, under the same name.
        if (isAnswer(reply)) this.take(this.recipe.next(reply));
      }
    } catch (error) {
      this.isDone = true;
      this.error = error;
    }
    return true;
  }

  private take(step: IteratorResult<RecipeAsk, T>): void {
    this.step = step;
    this.sequence++;
    if (step.done !== true) return;
    this.isDone = true;
    this.value = step.value;
  }

  private ask(): void {
    const { group, monitor } = this.run;
    const wanted = this.step?.value as RecipeAsk;
    const { client, sequence } = this;
    const command = wanted.kind === 'watch' ? wanted : { ...wanted, client, sequence };
    const node = group.ids.find((id) => group.isUp(id) && group.view(id)['role'] === 'leader') ?? 1;
    monitor.requested(node, command);
    this.waiting = { node, request: group.request(node, command) };
    settle(group);
  }
}

function isAnswer(reply: CoordinationResult): boolean {
  return reply.ok || (reply.error !== 'not-leader' && reply.error !== 'busy');
}

/** Runs a recipe that has nothing to wait for. */
export function finish<T>(run: Run, recipe: Recipe<T>): T {
  const program = new Program(run, recipe).go();
  if (program.error !== undefined) throw program.error;
  if (!program.isDone) throw new Error('the recipe waits');
  return program.value as T;
}
