import { type Address, LazyTimer, type TransportStack } from '../transport/index.ts';
import { NAME_BYTES, NAME_PORT, type NameAnswer, type NameQuestion, type NameStatus } from './dns.ts';

/** How questions are repeated. */
export interface AskingOptions {
  readonly timeoutUs: number;
  readonly attempts: number;
}

/** What became of a question. */
export interface NameResult {
  readonly status: NameStatus;
  readonly addresses: readonly Address[];
  readonly ttlUs: number;
}

const NOTHING = { addresses: [], ttlUs: 0 };

/** Asks name servers over datagrams, and again when there is no answer. Each asker has a port of its own. */
export class NameAsker {
  private readonly stack: TransportStack;
  private readonly port: number;
  private readonly options: AskingOptions;
  private readonly open = new Map<number, (answer: NameAnswer) => void>();
  private next = 0;

  constructor(stack: TransportStack, port: number, options: AskingOptions) {
    this.stack = stack;
    this.port = port;
    this.options = options;
    stack.bind(port, ({ data }) => {
      const answer = data as NameAnswer;
      this.open.get(answer.id)?.(answer);
    });
  }

  /** Questions without an answer so far. */
  get pending(): number {
    return this.open.size;
  }

  ask(server: Address, name: string, done: (result: NameResult) => void): void {
    const id = ++this.next;
    let attempts = 0;
    const finish = (result: NameResult): void => {
      timer.clear();
      this.open.delete(id);
      done(result);
    };
    const send = (): void => {
      if (attempts++ >= this.options.attempts) return finish({ status: 'timeout', ...NOTHING });
      const question: NameQuestion = { kind: 'question', id, name };
      const flow = { src: this.stack.host.id, dst: server, srcPort: this.port, dstPort: NAME_PORT };
      this.stack.sendDatagram(flow, question, NAME_BYTES);
      timer.set(this.options.timeoutUs);
    };
    const timer = new LazyTimer(this.stack.host, 'name question', send);
    // Of the answer only what is asked for: its number is that of this question.
    this.open.set(id, ({ status, addresses, ttlUs }) => finish({ status, addresses, ttlUs }));
    send();
  }
}
