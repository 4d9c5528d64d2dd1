import type { MembershipChange, RaftResult, RaftState } from '@holdfast/protocols';
import type { Stream } from '@holdfast/world';
import type { SubjectContext } from '../../experiment/subject.ts';
import type { RaftKvOptions } from './options.ts';

/** What the operator needs of a server. */
interface Leader {
  readonly state: RaftState;
  request(command: unknown, answer: (result: RaftResult) => void): void;
}

/** Asks whoever leads for membership changes: given ones at their times, or random ones now and then. */
export class Operator {
  private readonly context: SubjectContext;
  private readonly leader: () => Leader | undefined;
  private readonly choices: Stream;
  private stopped = false;

  constructor(context: SubjectContext, options: RaftKvOptions, leader: () => Leader | undefined) {
    this.context = context;
    this.leader = leader;
    this.choices = context.world.choices.stream('operator');
    for (const { atMs, voters } of options.changes ?? []) {
      context.world.at(Math.round(atMs * 1000), 'membership change', () => this.ask(voters));
    }
    for (const { atMs, to } of options.transfers ?? []) {
      context.world.at(Math.round(atMs * 1000), 'leadership transfer', () => this.handOver(to));
    }
    if (options.churnEveryMs !== undefined) this.churn(Math.round(options.churnEveryMs * 1000));
  }

  stop(): void {
    this.stopped = true;
  }

  private churn(everyUs: number): void {
    const { world, servers } = this.context;
    const atUs = world.nowUs + this.choices.between(Math.ceil(everyUs / 2), everyUs * 2, 'churn gap');
    world.at(atUs, 'membership churn', () => {
      if (this.stopped) return;
      const wanted = servers.map((id) => id + 1).filter(() => this.choices.chance(0.6, 'voter'));
      // Whoever leads stays: a leader steps down when it has applied its own removal, whether or not those who remain know of it by
      // then. Of two members the other can be left without a majority for good, which etcd's manual warns of.
      const leader = this.leader();
      if (leader !== undefined) this.ask([...new Set([...wanted, leader.state.self])]);
      this.churn(everyUs);
    });
  }

  private handOver(to: number): void {
    const leader = this.leader();
    if (leader !== undefined && leader.state.self !== to) leader.request({ transfer: to }, () => undefined);
  }

  private ask(voters: readonly number[]): void {
    const leader = this.leader();
    if (leader === undefined || this.stopped) return;
    const present = leader.state.tracker.progress.map((p) => p.id);
    const reconfigure: MembershipChange = {
      transition: 'auto',
      changes: [
        ...voters.filter((node) => !present.includes(node)).map((node) => ({ type: 'voter' as const, node })),
        ...present
          .filter((node) => !voters.includes(node))
          .map((node) => ({ type: 'remove' as const, node })),
      ],
    };
    if (reconfigure.changes.length > 0) leader.request({ reconfigure }, () => undefined);
  }
}
