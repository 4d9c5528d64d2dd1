/** A step without the state it is taken from. */
export interface StepRecipe {
  readonly move: number;
  readonly about: number;
  readonly row: number;
}

/** What a search by runs asks about the steps of a system. */
export interface StepDependence {
  /** How many things there are to touch: nodes first, then clients, then what all share. */
  readonly resources: number;
  readonly nodes: number;
  /** The client that a thing to touch is; -1 for anything else. */
  clientOf(resource: number): number;
  /** The node a step happens at. */
  hostOf(words: Int32Array, step: StepRecipe): number;
  /** The message a step takes out of the network; -1 for none. */
  takenBy(step: StepRecipe): number;
  /** The messages a step puts into the network. */
  putBy(step: StepRecipe): readonly number[];
  /** The messages in flight in a state, in order. */
  inFlight(words: Int32Array): Int32Array;
  recipient(envelope: number): number;
  /** What a step from a state touches. */
  touches(words: Int32Array, step: StepRecipe): readonly number[];
  /** Whether a message would make a difference where it came to its node in the state given. */
  mayArrive(words: Int32Array, envelope: number): boolean;
  /** The nodes a client may ask now. */
  askedBy(words: Int32Array, client: number): readonly number[];
  /** What may happen at some nodes, to some messages and by some clients in a state, were there no budgets. */
  possible(
    words: Int32Array,
    at: (host: number) => boolean,
    isNew: (envelope: number) => boolean,
    asks: (client: number) => boolean,
  ): readonly StepRecipe[];
  /** Whether messages that come later are left out: broken, for tests of the tests. */
  readonly ignoresWhatComes: boolean;
}
