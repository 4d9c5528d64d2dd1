import type { StepDependence, StepRecipe } from './stepDependence.ts';

/** A step of a run that was taken, and what came before it in every order of the run that makes no difference. */
export interface Happening {
  readonly step: StepRecipe;
  readonly touches: readonly number[];
  /** Bit i: what happened as number i comes before it in any case. */
  readonly past: bigint;
}

/** A run so far: what happened, and what of it comes before what (happens before: Lamport 1978; Mazurkiewicz 1987). */
export class Execution {
  readonly happened: Happening[] = [];
  private readonly dependence: StepDependence;
  /** Per thing to touch, who touched it: the last one last. */
  private readonly touched: number[][];
  /** Per message, who put each copy of it into the network (-1: it was there at the start), and how many were taken out. */
  private readonly put = new Map<number, number[]>();
  private readonly taken = new Map<number, number>();

  /** Begins where these messages are in flight. */
  constructor(dependence: StepDependence, inFlight: Int32Array) {
    this.dependence = dependence;
    this.touched = Array.from({ length: dependence.resources }, () => []);
    for (const envelope of inFlight) this.putIn(envelope, -1);
  }

  get length(): number {
    return this.happened.length;
  }

  /** Takes a step. */
  push(step: StepRecipe, touches: readonly number[]): void {
    const number = this.happened.length;
    const past = this.pastOf(step, touches);
    this.happened.push({ step, touches, past });
    for (const resource of touches) (this.touched[resource] as number[]).push(number);
    const taken = this.dependence.takenBy(step);
    if (taken >= 0) this.taken.set(taken, this.takenOf(taken) + 1);
    for (const envelope of this.dependence.putBy(step)) this.putIn(envelope, number);
  }

  /** Undoes the last step. */
  pop(): void {
    const { step, touches } = this.happened.pop() as Happening;
    for (const resource of touches) (this.touched[resource] as number[]).pop();
    const taken = this.dependence.takenBy(step);
    if (taken >= 0) this.taken.set(taken, this.takenOf(taken) - 1);
    for (const envelope of this.dependence.putBy(step)) this.put.get(envelope)?.pop();
  }

  /** What comes before a step that might be taken next, as bits. */
  pastOf(step: StepRecipe, touches: readonly number[]): bigint {
    let past = this.upTo(this.enablerOf(step));
    for (const resource of touches) past |= this.lastOf(resource);
    return past;
  }

  /** What has happened up to the last that touched a thing, as bits. */
  lastOf(resource: number): bigint {
    const list = this.touched[resource] as number[];
    return this.upTo(list[list.length - 1] ?? -1);
  }

  /** Who touched a thing, in order. */
  whoTouched(resource: number): readonly number[] {
    return this.touched[resource] as number[];
  }

  /** Something that happened and all that comes before it, as bits. */
  upTo(number: number): bigint {
    const happening = this.happened[number];
    return happening === undefined ? 0n : happening.past | (1n << BigInt(number));
  }

  /** Who put the copy of a message into the network that a step would take; -1 for a step that takes none, or one there from the start. */
  enablerOf(step: StepRecipe): number {
    const envelope = this.dependence.takenBy(step);
    return envelope < 0 ? -1 : (this.put.get(envelope)?.[this.takenOf(envelope)] ?? -1);
  }

  /** Whether no copy of a message was in flight before the last step. */
  isNew(envelope: number): boolean {
    const last = this.happened.length - 1;
    return this.put.get(envelope)?.[this.takenOf(envelope)] === last;
  }

  private takenOf(envelope: number): number {
    return this.taken.get(envelope) ?? 0;
  }

  private putIn(envelope: number, by: number): void {
    const list = this.put.get(envelope);
    if (list === undefined) this.put.set(envelope, [by]);
    else list.push(by);
  }
}
