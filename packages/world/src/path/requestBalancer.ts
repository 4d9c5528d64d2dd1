import { ClientCall, type Mux, serve, type ServedCall } from '../rpc/index.ts';
import type { TransportStack } from '../transport/index.ts';
import { Chooser, type ChoosingPolicy } from './choose.ts';

/** A balancer that looks at requests. */
export interface RequestBalancerOptions {
  readonly policy: ChoosingPolicy;
  /** Requests at one backend at once. */
  readonly mostEach?: number;
  /** Time for a request whose caller did not say. */
  readonly withinUs: number;
}

/** What it keeps for a backend. */
export interface Upstream {
  readonly name: string;
  readonly mux: Mux;
}

/** A balancer of the seventh layer: it ends connections of clients, and gives each request to a backend over connections of its own. */
export class RequestBalancer {
  readonly chooser: Chooser;
  private readonly stack: TransportStack;
  private readonly options: RequestBalancerOptions;
  private upstreams: readonly Upstream[] = [];

  constructor(stack: TransportStack, options: RequestBalancerOptions) {
    this.stack = stack;
    this.options = options;
    this.chooser = new Chooser(options.policy, options.mostEach);
  }

  /** The backends are these from now on. */
  become(upstreams: readonly Upstream[]): void {
    this.upstreams = upstreams;
    this.chooser.become(upstreams.map(({ name }) => name));
  }

  /** Serves the requests of one client's connection. */
  accept(mux: Mux): void {
    serve(this.stack.host, mux, (call) => this.pass(call));
  }

  private pass(call: ServedCall): void {
    let body = '';
    call.events = {
      readable: () => (body += call.read()),
      asked: () => this.forward(call, body),
    };
  }

  private forward(call: ServedCall, body: string): void {
    const backend = this.chooser.choose(call.method);
    const upstream = this.upstreams.find(({ name }) => name === backend?.name);
    if (backend === undefined || upstream === undefined) {
      // Nobody has room: the client hears so at once.
      call.fail();
      return;
    }
    const nowUs = this.stack.host.world.nowUs;
    const withinUs = Math.min(this.options.withinUs, call.deadlineUs - nowUs);
    const inner: ClientCall = new ClientCall(
      this.stack.host,
      upstream.mux,
      { method: call.method, body, withinUs },
      {
        readable: () => void call.write(inner.read()),
        done: (status) => {
          this.chooser.done(backend);
          if (call.isOver) return;
          if (status === 'ok') call.end();
          else call.fail();
        },
      },
    );
    call.events = { calledOff: () => inner.cancel() };
  }
}
