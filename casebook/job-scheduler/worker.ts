import { type HeardMessage, SketchCaller, type SketchNode, type SketchProgram } from 'holdfast';
import { LEASE_MS, STEPS } from './jobs.ts';

/** The servers, in this order. */
export const SERVERS = ['table', 'results', 'mailer', 'worker-1', 'worker-2', 'worker-3'] as const;
export const [TABLE, RESULTS, MAILER] = [0, 1, 2] as const;

const [LOOK_MS, AGAIN_MS, BEAT_MS] = [30, 40, LEASE_MS / 4];
/** The time a step takes, ms. */
const STEP_MS = [10, 60] as const;

/** What a worker is doing. Nothing of it survives a crash. */
interface Held {
  readonly job: string;
  readonly token: number;
  step: number;
}

/** Takes jobs, and does their steps. Between the look at the lease and the deed any time may pass: a worker may stand still. */
export function worker(node: SketchNode): SketchProgram {
  const work = new Work(node);
  node.timer('look', LOOK_MS);
  node.timer('beat', BEAT_MS);
  return {
    message: (_from, message) => void work.caller.heard(message),
    timer: (name) => {
      if (!work.caller.timer(name)) work.fire(name);
    },
  };
}

class Work {
  readonly caller: SketchCaller;
  private readonly node: SketchNode;
  private held: Held | undefined;
  private isLooking = false;

  constructor(node: SketchNode) {
    this.node = node;
    this.caller = new SketchCaller(node, AGAIN_MS);
  }

  fire(timer: string): void {
    const { held, node } = this;
    if (timer === 'look') {
      if (held === undefined) this.look();
      node.timer('look', LOOK_MS);
    } else if (timer === 'beat') {
      if (held !== undefined) this.beat(held, () => undefined);
      node.timer('beat', BEAT_MS);
    } else if (held !== undefined) this.act(held);
  }

  private look(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    const giveUp = { afterMs: 2 * AGAIN_MS, instead: () => (this.isLooking = false) };
    const seen = ({ open }: HeardMessage): void => {
      const jobs = open as never as { readonly name: string; readonly version: number }[];
      const job = jobs[this.node.draw(Math.max(1, jobs.length), 'job')];
      if (job === undefined) this.isLooking = false;
      else this.claim(job.name, job.version);
    };
    this.caller.call(TABLE, { type: 'look' }, seen, giveUp);
  }

  /** Asked once: when the answer is lost the lease runs out by itself. */
  private claim(job: string, version: number): void {
    const giveUp = { afterMs: 2 * AGAIN_MS, instead: () => (this.isLooking = false) };
    const claimed = ({ token, step }: HeardMessage): void => {
      this.isLooking = false;
      if (Number(token) > 0) this.begin({ job, token: Number(token), step: Number(step) });
    };
    const claim = { type: 'claim', key: job, owner: this.node.name, version };
    this.caller.call(TABLE, claim, claimed, giveUp);
  }

  /** Opens the result BEFORE the first step: from then on whoever had the job cannot write it. */
  private begin(held: Held): void {
    this.held = held;
    const { job: key, token } = held;
    this.ask(RESULTS, { type: 'open', key, token }, held, ({ isFenced, hasResult }) => {
      if (isFenced === true) this.drop();
      else if (hasResult === true) this.finish(held, 'succeeded');
      else this.next(held);
    });
  }

  private next(held: Held): void {
    if (held.step < STEPS) this.node.timer('step', STEP_MS[0] + this.node.draw(STEP_MS[1], 'work'));
    else this.write(held);
  }

  private act(held: Held): void {
    const { job, token } = held;
    const step = held.step + 1;
    this.ask(MAILER, { type: 'letter', key: `${job}/${step}`, job, token }, held, ({ type }) => {
      if (type === 'refused') return this.finish(held, 'failed');
      held.step = step;
      // The last step needs no sign of life: the result is one, and a stronger one.
      if (step === STEPS) this.next(held);
      else this.beat(held, () => this.next(held));
    });
  }

  private beat(held: Held, mine: () => void): void {
    const { job: key, token, step } = held;
    this.ask(TABLE, { type: 'beat', key, token, step }, held, ({ isMine }) => {
      if (isMine === true) mine();
      else this.drop();
    });
  }

  private write(held: Held): void {
    const { job: key, token } = held;
    this.ask(RESULTS, { type: 'write', key, token, value: this.node.name }, held, ({ isFenced }) => {
      if (isFenced === true) this.drop();
      else this.finish(held, 'succeeded');
    });
  }

  private finish(held: Held, to: 'succeeded' | 'failed'): void {
    const { job: key, token } = held;
    this.ask(TABLE, { type: 'finish', key, token, to }, held, () => this.drop());
  }

  private drop(): void {
    this.held = undefined;
    this.node.stop('step');
  }

  /** Asks until it is answered; what comes when the job is somebody else's is not heard. */
  private ask(
    to: number,
    message: Parameters<SketchCaller['call']>[1],
    held: Held,
    done: Parameters<SketchCaller['call']>[2],
  ): void {
    this.caller.call(to, message, (answer) => {
      if (this.held === held) done(answer);
    });
  }
}
