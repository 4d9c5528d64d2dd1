import { startElection } from '../../../src/raft/election.ts';
import { type Entry, compactTo } from '../../../src/raft/log.ts';
import { applyChange } from '../../../src/raft/membership.ts';
import { changeProblem, propose, proposalRefusal, proposeChange } from '../../../src/raft/proposals.ts';
import { forgetLeader } from '../../../src/raft/roles.ts';
import { isVoter, membershipRecord } from '../../../src/raft/tracker/membership.ts';
import { transferLeadership } from '../../../src/raft/transfer.ts';
import { type Block, valueOf, valuesOf } from './datadriven.ts';
import {
  applyReply,
  entryText,
  hardText,
  type Mail,
  mailText,
  parseChanges,
  progressText,
  readyMailText,
  roleText,
  snapshotText,
} from './describe.ts';
import { Member } from './member.ts';

const DROPPED = 'raft proposal dropped';

/** The group of one transcript and what it prints. Log lines, which are free text, are not printed. */
export class Interaction {
  private readonly members: Member[] = [];
  private mail: Mail[] = [];
  private out: string[] = [];
  private indent = '';
  private quiet = false;

  /** Runs a block and gives its output. */
  run(block: Block): string[] {
    this.out = [];
    const quiet = this.quiet;
    const level = valueOf(block, 'log-level');
    if (level !== undefined) this.quiet = level === 'none';
    const error = this.command(block);
    if (block.command !== 'log-level') this.quiet = quiet;
    if (error !== undefined) this.out.push(error);
    return this.out.length === 0 ? ['ok'] : this.out;
  }

  private print(lines: readonly string[]): void {
    if (!this.quiet) for (const line of lines) this.out.push(this.indent + line);
  }

  private under(title: string, body: () => void): void {
    this.print([title]);
    const { indent } = this;
    this.indent = `${indent}  `;
    body();
    this.indent = indent;
  }

  private member(id: number): Member {
    const member = this.members[id - 1];
    if (member === undefined) throw new Error(`no node ${id}`);
    return member;
  }

  private ids(block: Block): number[] {
    return block.args.filter((arg) => /^\d+$/.test(arg.key)).map((arg) => Number(arg.key));
  }

  private command(block: Block): string | undefined {
    const ids = this.ids(block);
    const first = ids[0] ?? 0;
    switch (block.command) {
      case 'log-level':
        this.quiet = block.args[0]?.key === 'none';
        return undefined;
      case 'add-nodes':
        this.addNodes(block, first);
        return undefined;
      case 'campaign':
        startElection(this.member(first), false);
        return undefined;
      case 'propose':
        return this.propose(first, block.args[1]?.key ?? '');
      case 'propose-conf-change':
        return this.proposeChange(block, first);
      case 'tick-heartbeat':
        this.member(first).tick();
        return undefined;
      case 'tick-election':
        for (let i = 0; i < 3; i++) this.member(first).tick();
        return undefined;
      case 'set-randomized-election-timeout':
        this.member(first).setElectionLength(Number(valueOf(block, 'timeout')));
        return undefined;
      case 'forget-leader':
        forgetLeader(this.member(first));
        return undefined;
      case 'transfer-leadership':
        transferLeadership(this.member(Number(valueOf(block, 'from'))), Number(valueOf(block, 'to')));
        return undefined;
      case 'compact':
        compactTo(this.member(first).state.log, ids[1] ?? 0);
        this.printLog(first);
        return undefined;
      default:
        return this.more(block, ids);
    }
  }

  private more(block: Block, ids: readonly number[]): string | undefined {
    const first = ids[0] ?? 0;
    switch (block.command) {
      case 'stabilize':
        this.stabilize(ids.length === 0 ? this.members.map((m) => m.state.self) : ids);
        return undefined;
      case 'process-ready':
        this.each(ids, 'handling Ready', (id) => this.processReady(id));
        return undefined;
      case 'process-append-thread':
        this.each(ids, 'processing append thread', (id) => this.processAppend(id));
        return undefined;
      case 'process-apply-thread':
        this.each(ids, 'processing apply thread', (id) => this.processApply(id));
        return undefined;
      case 'deliver-msgs':
        for (const id of ids) this.deliver(id, false);
        for (const id of valuesOf(block, 'drop') ?? []) this.deliver(Number(id), true);
        return undefined;
      case 'status':
        this.printStatus(first);
        return undefined;
      case 'raft-state':
        this.printState();
        return undefined;
      case 'raft-log':
        this.printLog(first);
        return undefined;
      default:
        throw new Error(`${block.where}: unknown command '${block.command}'`);
    }
  }

  private each(ids: readonly number[], what: string, run: (id: number) => void): void {
    for (const id of ids) {
      if (ids.length > 1) this.under(`> ${id} ${what}`, () => run(id));
      else run(id);
    }
  }

  private addNodes(block: Block, count: number): void {
    const numbers = (key: string): number[] => (valuesOf(block, key) ?? []).map(Number);
    const flag = (key: string): boolean => valueOf(block, key) === 'true';
    const inflight = valueOf(block, 'inflight');
    const size = valueOf(block, 'max-committed-size-per-ready');
    for (let i = 0; i < count; i++) {
      const options = {
        index: Number(valueOf(block, 'index') ?? 0),
        voters: numbers('voters'),
        learners: numbers('learners'),
        async: flag('async-storage-writes'),
        config: {
          preVote: flag('prevote'),
          checkQuorum: flag('checkquorum'),
          skipChangeChecks: flag('disable-conf-change-validation'),
          stepDownOnRemoval: flag('step-down-on-removal'),
          ...(inflight === undefined ? {} : { maxInflight: Number(inflight) }),
          // Sizes are in bytes there and in entries here: one byte lets one entry through.
          ...(size === undefined ? {} : { maxApplying: Number(size) }),
        },
      };
      this.members.push(new Member(this.members.length + 1, options));
    }
  }

  private propose(id: number, data: string): string | undefined {
    const member = this.member(id);
    if (proposalRefusal(member) !== undefined) return DROPPED;
    propose(member, data);
    return undefined;
  }

  private proposeChange(block: Block, id: number): string | undefined {
    const member = this.member(id);
    if (proposalRefusal(member) !== undefined) return DROPPED;
    const transition = (valueOf(block, 'transition') ?? 'auto') as 'auto' | 'implicit' | 'explicit';
    const context = valueOf(block, 'v1') === 'true' ? { context: 'v1' } : {};
    const change = { transition, changes: parseChanges(block.input.join(' ')), ...context };
    // The reference lets an empty entry take the place of a change that does not fit.
    if (changeProblem(member, change) === undefined) proposeChange(member, change);
    else propose(member, null);
    return undefined;
  }

  private processReady(id: number): void {
    const member = this.member(id);
    const before = member.soft;
    const { ready, mail, own } = member.take();
    const lines: string[] = [];
    if (before.leader !== member.soft.leader || before.role !== member.soft.role) {
      lines.push(`Lead:${member.soft.leader} State:${roleText(member.soft.role)}`);
    }
    if (ready.hard !== null) lines.push(`HardState ${hardText(ready.hard)}`);
    if (ready.entries.length > 0) lines.push('Entries:', ...ready.entries.map(entryText));
    if (ready.snapshot !== null) lines.push(`Snapshot ${snapshotText(ready.snapshot)}`);
    if (ready.committed.length > 0) lines.push('CommittedEntries:', ...ready.committed.map(entryText));
    if (mail.length > 0) lines.push('Messages:', ...mail.flatMap(readyMailText));
    if (lines.length === 0) this.print(['<empty Ready>']);
    else this.print([`Ready MustSync=${ready.mustSync}:`, ...lines]);
    if (!member.async) {
      if (ready.snapshot !== null) member.last = ready.snapshot;
      this.apply(member, ready.committed);
    }
    for (const one of mail) this.route(one);
    if (!member.async) member.advance(ready, own);
  }

  private route(one: Mail): void {
    if ('storage' in one && one.storage === 'append') this.member(one.from).appendWork.push(one);
    else if ('storage' in one && one.storage === 'apply') this.member(one.from).applyWork.push(one);
    else this.mail.push(one);
  }

  private apply(member: Member, entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'config') applyChange(member, entry.data, entry.index);
      const membership = membershipRecord(member.state.tracker.membership);
      const { membershipIndex } = member.state;
      member.last = { index: entry.index, term: entry.term, membership, membershipIndex, data: null };
    }
  }

  private processAppend(id: number): void {
    const member = this.member(id);
    const work = member.appendWork.shift();
    if (work === undefined) throw new Error(`node ${id} has nothing to append`);
    if (work.ready.snapshot !== null) member.last = work.ready.snapshot;
    this.respond(work, work.responses);
  }

  private processApply(id: number): void {
    const member = this.member(id);
    const work = member.applyWork.shift();
    if (work === undefined) throw new Error(`node ${id} has nothing to apply`);
    this.respond(work, [applyReply(work)]);
    this.apply(member, work.entries);
  }

  private respond(work: Mail, responses: readonly Mail[]): void {
    this.print(['Processing:', ...mailText(work), 'Responses:', ...responses.flatMap(mailText)]);
    for (const one of responses) this.route(one);
  }

  private deliver(id: number, drop: boolean): void {
    const due = this.mail.filter((one) => 'to' in one && one.to === id);
    this.mail = this.mail.filter((one) => !due.includes(one));
    for (const one of due) {
      const [head = '', ...rest] = mailText(one);
      this.print([drop ? `dropped: ${head}` : head, ...rest]);
      const error = drop ? undefined : this.member(id).handle(one);
      if (error !== undefined) this.print([error]);
    }
  }

  private stabilize(ids: readonly number[]): void {
    for (let done = false; !done; ) {
      done = true;
      const each = (title: string, when: (m: Member) => boolean, body: (id: number) => void): void => {
        for (const id of ids) {
          if (!when(this.member(id))) continue;
          this.under(`> ${id} ${title}`, () => body(id));
          done = false;
        }
      };
      each(
        'handling Ready',
        (m) => m.hasReady(),
        (id) => this.processReady(id),
      );
      const hasMail = (m: Member): boolean => this.mail.some((one) => 'to' in one && one.to === m.state.self);
      each('receiving messages', hasMail, (id) => this.deliver(id, false));
      each(
        'processing append thread',
        (m) => m.appendWork.length > 0,
        (id) => {
          while (this.member(id).appendWork.length > 0) this.processAppend(id);
        },
      );
      each(
        'processing apply thread',
        (m) => m.applyWork.length > 0,
        (id) => {
          while (this.member(id).applyWork.length > 0) this.processApply(id);
        },
      );
    }
  }

  private printStatus(id: number): void {
    const { state, config } = this.member(id);
    if (state.role !== 'leader') return;
    this.print(state.tracker.progress.map((p) => `${p.id}: ${progressText(p, config.maxInflight)}`));
  }

  private printState(): void {
    for (const { state } of this.members) {
      const voter = isVoter(state.tracker.membership, state.self) ? '(Voter)' : '(Non-Voter)';
      this.print([`${state.self}: ${roleText(state.role)} ${voter} Term:${state.term} Lead:${state.leader}`]);
    }
  }

  private printLog(id: number): void {
    const { log } = this.member(id).state;
    this.print(log.entries.slice(0, log.stable - log.offset).map(entryText));
  }
}
