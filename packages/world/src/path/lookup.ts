import type { Address, TransportStack } from '../transport/index.ts';
import { type AskingOptions, NameAsker, type NameResult } from './asking.ts';

/** How a host looks names up. */
export interface LookupOptions extends AskingOptions {
  readonly resolver: Address;
  /** Suffixes tried in turn for names with fewer than `dots` dots, before the name itself. */
  readonly search?: readonly string[];
  readonly dots?: number;
}

/** What a look-up came to. */
export interface Lookup extends NameResult {
  /** Every name that was asked for, in turn. */
  readonly asked: readonly string[];
  readonly tookUs: number;
}

/** Looks names up as a host's library does: no cache of its own, suffixes, repetition. */
export class NameLookup {
  private readonly stack: TransportStack;
  private readonly options: LookupOptions;
  private readonly asker: NameAsker;

  constructor(stack: TransportStack, port: number, options: LookupOptions) {
    this.stack = stack;
    this.options = options;
    this.asker = new NameAsker(stack, port, options);
  }

  find(name: string, done: (lookup: Lookup) => void): void {
    const { search = [], dots = 1, resolver } = this.options;
    const { world } = this.stack.host;
    const begunUs = world.nowUs;
    const isShort = name.split('.').length - 1 < dots;
    const names = isShort ? [...search.map((suffix) => `${name}.${suffix}`), name] : [name];
    const asked: string[] = [];
    const next = (): void => {
      const candidate = names[asked.length] ?? name;
      asked.push(candidate);
      this.asker.ask(resolver, candidate, (result) => {
        if (result.status === 'no-such-name' && asked.length < names.length) next();
        else done({ ...result, asked: [...asked], tookUs: world.nowUs - begunUs });
      });
    };
    next();
  }
}
