import { ExperimentError } from '../../experiment/errors.ts';

/** What a replicated store gives up, as a setting of one store. Every field can be set by itself. */
export interface Posture {
  /** Who puts writes in order: one primary for all, or whichever node is asked (concurrent writes are then ordered by stamp, or merged). */
  readonly order: 'primary' | 'any-node';
  /** Write concern. `majority`: synchronous, on most nodes before it is answered. `one`: asynchronous, answered by one node, the others hear of it later. */
  readonly write: 'majority' | 'one';
  /** Read concern and preference: confirmed by a majority, from whoever is primary, or from the node that is asked. */
  readonly read: 'majority' | 'primary' | 'local';
  /** What a node does that does not reach a majority: refuse all, refuse what the primary must decide, or go on alone. */
  readonly cutOff: 'refuses' | 'refuses-writes' | 'serves';
  /** `primary` only: whether a majority that has lost the primary elects another. */
  readonly elects: boolean;
}

/** What single operations are asked with, in place of what the store is set to. */
export type Concern = Partial<Pick<Posture, 'write' | 'read' | 'cutOff'>>;

/** A store with its posture. */
export interface PostureOptions {
  readonly posture: Posture;
  /** By operation. */
  readonly concerns?: Readonly<Record<string, Concern>>;
  /** `any-node`: what becomes of two values of one key. Default `last-writer`. */
  readonly merge?: 'last-writer' | 'union';
  /** What keys hold at first. */
  readonly initial?: Readonly<Record<string, number>>;
}

/** The letters of PACELC (Abadi 2012): what is given up while the network is parted, and else. */
export interface Letters {
  readonly partition: 'A' | 'C';
  readonly calm: 'L' | 'C';
}

/** Letters as they are written: `PA/EL`. */
export function printLetters({
  partition,
  calm,
}: {
  readonly partition: string;
  readonly calm: string;
}): string {
  return `P${partition}/E${calm}`;
}

/** Reads `PA/EL`. Throws `ExperimentError`. */
export function readLetters(text: string): Letters {
  const found = /^P([AC])\/E([LC])$/.exec(text);
  if (found === null)
    throw new ExperimentError(
      'letters',
      `must be one of PC/EC, PC/EL, PA/EC, PA/EL: current value is '${text}'`,
      'name what is given up while parted, and else',
    );
  return { partition: found[1] as Letters['partition'], calm: found[2] as Letters['calm'] };
}

/** The store's setting with what an operation asks for itself. */
export function concernOf({ posture, concerns = {} }: PostureOptions, f: string): Posture {
  return { ...posture, ...concerns[f] };
}

/** Throws `ExperimentError` where a posture asks for a primary that it does not have. */
export function checkPosture(options: PostureOptions): void {
  for (const f of ['', ...Object.keys(options.concerns ?? {})]) {
    const { order, read, elects } = concernOf(options, f);
    if (order === 'primary' || (read !== 'primary' && !elects)) continue;
    throw new ExperimentError(
      'posture.order',
      `must be 'primary' for reads of a primary and for elections: current value is '${order}'`,
      "choose 'primary', or read 'majority' or 'local' and elect nobody",
    );
  }
}
