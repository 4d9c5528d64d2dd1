import { type Address, LazyTimer, type TransportStack } from '../transport/index.ts';

/** Where a registry listens. */
export const REGISTRY_PORT = 8_500;
const WORD_BYTES = 120;

/** What is said to a registry, and what it says. */
type Words =
  | { readonly kind: 'here'; readonly service: string; readonly address: Address; readonly ttlUs: number }
  | { readonly kind: 'gone'; readonly service: string; readonly address: Address }
  | { readonly kind: 'who'; readonly service: string }
  | { readonly kind: 'known'; readonly service: string; readonly addresses: readonly Address[] }
  | { readonly kind: 'accepted' | 'full'; readonly service: string };

/** Knows which instances of a service there are: those that said so lately. */
export class Registry {
  /** Registrations turned away as there was no room. */
  refused = 0;
  private readonly instances = new Map<string, Map<Address, number>>();

  constructor(stack: TransportStack, mostInstances: number) {
    const nowUs = (): number => stack.host.world.nowUs;
    stack.bind(REGISTRY_PORT, ({ src, dst, srcPort, dstPort, data }) => {
      const words = data as Words;
      const answer = (said: Words): void =>
        stack.sendDatagram({ src: dst, dst: src, srcPort: dstPort, dstPort: srcPort }, said, WORD_BYTES);
      const { service } = words;
      const known = this.instances.get(service) ?? new Map<Address, number>();
      this.instances.set(service, known);
      for (const [address, untilUs] of known) if (untilUs <= nowUs()) known.delete(address);
      if (words.kind === 'who') answer({ kind: 'known', service, addresses: [...known.keys()] });
      else if (words.kind === 'gone') known.delete(words.address);
      else if (words.kind === 'here') {
        if (!known.has(words.address) && known.size >= mostInstances) {
          this.refused++;
          answer({ kind: 'full', service });
          return;
        }
        known.set(words.address, nowUs() + words.ttlUs);
        answer({ kind: 'accepted', service });
      }
    });
  }
}

/** How an instance keeps itself known. */
export interface AnnounceOptions {
  readonly registry: Address;
  readonly service: string;
  readonly everyUs: number;
  /** How long the registry believes it without hearing again: a few times `everyUs`. */
  readonly ttlUs: number;
}

/** Says "here I am", again and again. Returns what the registry said last, and a way to say goodbye. */
export function announce(
  stack: TransportStack,
  port: number,
  { registry, service, everyUs, ttlUs }: AnnounceOptions,
): { readonly said: () => string; readonly leave: () => void } {
  let said = 'nothing';
  const flow = { src: stack.host.id, dst: registry, srcPort: port, dstPort: REGISTRY_PORT };
  const say = (words: Words): void => stack.sendDatagram(flow, words, WORD_BYTES);
  stack.bind(port, ({ data }) => {
    said = (data as Words).kind;
  });
  const beat = (): void => {
    say({ kind: 'here', service, address: stack.host.id, ttlUs });
    timer.set(everyUs);
  };
  const timer = new LazyTimer(stack.host, 'announce', beat);
  beat();
  return {
    said: () => said,
    leave: () => {
      timer.clear();
      say({ kind: 'gone', service, address: stack.host.id });
    },
  };
}

/** How a client keeps its view of a service. */
export interface ViewOptions {
  readonly registry: Address;
  readonly service: string;
  readonly everyUs: number;
  /** Whether the last view is kept when the registry is silent. False empties it after `everyUs` times three. */
  readonly keepsLast: boolean;
}

/** What a client knows of a service: asked for again and again, as old as its last answer. */
export class ServiceView {
  addresses: readonly Address[] = [];
  learnedUs = -1;

  constructor(stack: TransportStack, port: number, options: ViewOptions) {
    const { registry, service, everyUs, keepsLast } = options;
    const flow = { src: stack.host.id, dst: registry, srcPort: port, dstPort: REGISTRY_PORT };
    const nowUs = (): number => stack.host.world.nowUs;
    stack.bind(port, ({ data }) => {
      const words = data as Words;
      if (words.kind !== 'known') return;
      this.addresses = words.addresses;
      this.learnedUs = nowUs();
    });
    const ask = (): void => {
      if (!keepsLast && nowUs() - this.learnedUs > 3 * everyUs) this.addresses = [];
      stack.sendDatagram(flow, { kind: 'who', service } satisfies Words, WORD_BYTES);
      timer.set(everyUs);
    };
    const timer = new LazyTimer(stack.host, 'view', ask);
    ask();
  }
}
