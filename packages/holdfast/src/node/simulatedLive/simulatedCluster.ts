import type { Action, Answer, Cluster, Member } from '@holdfast/live';
import type { HostId, World } from '@holdfast/world';
import type { Call } from '../../experiment/subject.ts';
import { RunningRaftKv } from '../../subjects/raft/running.ts';
import { raftKv } from '../../subjects/raftKv.ts';
import type { WorldTime } from '../worldTime.ts';
import { Gateway } from './gateway.ts';

/** What stands for etcd in a simulated world. */
export interface SimulatedClusterOptions {
  readonly world: World;
  readonly time: WorldTime;
  readonly members: number;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** How reads are asked for, as etcd names it, and how the store makes them. */
const READ_MODES = { linearizable: 'index', serializable: 'local' } as const;

/** A Raft key-value store in a simulated world, asked member by member as a real cluster is. */
export class SimulatedCluster implements Cluster {
  readonly system = 'raft-kv';
  readonly version = 'simulated';
  readonly members: readonly Member[];
  readonly store: RunningRaftKv;
  private readonly options: SimulatedClusterOptions;
  /** Logical processes without an open operation, and how many operations each has issued. */
  private readonly idle: number[] = [];
  private readonly sequences: number[] = [];

  constructor(options: SimulatedClusterOptions) {
    const { world, members, settings } = options;
    this.options = options;
    this.members = Array.from({ length: members }, (_, index) => ({
      name: `N${index + 1}`,
      index,
      servers: [],
      address: `N${index + 1}`,
      dataFolder: '',
    }));
    const { heartbeatMs = 50, electionMs = 500 } = settings;
    const raft = { heartbeatMs: Number(heartbeatMs), electionTimeoutMs: Number(electionMs) };
    const servers = this.members.map(({ index }) => index);
    const subject = raftKv({ nodes: members, raft });
    const store = subject.start({ world, servers, clients: [], healAtUs: 0 });
    if (!(store instanceof RunningRaftKv)) throw new TypeError('raftKv starts another subject');
    this.store = store;
    for (const index of servers) world.start(this.gateway(index), (host) => new Gateway(host, index));
  }

  /** The host of a member's gateway. */
  gateway(index: number): HostId {
    return this.members.length + index;
  }

  leader(): Promise<Member | undefined> {
    const host = this.store.resolve('leader');
    const isUp = host !== undefined && this.options.world.host(host).up;
    return Promise.resolve(isUp ? this.members[host] : undefined);
  }

  async isReady(): Promise<boolean> {
    return (await this.leader()) !== undefined;
  }

  perform(member: Member, { f, key = '', input, mode }: Action, deadlineMs: number): Promise<Answer> {
    const { world, time } = this.options;
    const process = this.idle.pop() ?? this.sequences.push(0) - 1;
    const sequence = (this.sequences[process] ?? 0) + 1;
    this.sequences[process] = sequence;
    const call: Call = { process, sequence, f, key, input };
    const read = mode === 'serializable' ? READ_MODES.serializable : READ_MODES.linearizable;
    const command = this.store.commandOf(call, read);
    const { program } = world.host(this.gateway(member.index));
    if (!(program instanceof Gateway)) throw new TypeError(`${member.name} has no gateway`);
    return new Promise((resolve) => {
      const done = (answer: Answer): void => {
        if (answer.outcome === 'ok') this.store.told(call, answer.output);
        // What may still happen keeps its identity for ever.
        if (answer.outcome !== 'unknown') this.idle.push(process);
        time.woken();
        resolve(answer);
      };
      const deadlineUs = Math.round(deadlineMs * 1_000);
      const isRead = f === 'read';
      program.ask({ command, isRead, stays: isRead, deadlineUs, done });
    });
  }

  wipe(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    // The world ends with the run.
  }
}
