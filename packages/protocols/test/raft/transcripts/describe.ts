import type { MembershipChange } from '../../../src/raft/confchange/change.ts';
import type { Entry, Snapshot } from '../../../src/raft/log.ts';
import type { RaftMessage } from '../../../src/raft/messages.ts';
import type { HardState, Ready, StoreMark } from '../../../src/raft/ready.ts';
import type { RaftRole } from '../../../src/raft/state.ts';
import type { Progress } from '../../../src/raft/tracker/progress.ts';

/** The transcripts' text of a progress: `StateReplicate match=3 next=4 paused inflight=2[full]`. */
export function progressText(p: Progress, maxInflight: number): string {
  const mode = { probe: 'StateProbe', replicate: 'StateReplicate', snapshot: 'StateSnapshot' }[p.mode];
  let text = `${mode} match=${p.match} next=${p.next}`;
  if (p.learner) text += ' learner';
  if (p.paused || p.mode === 'snapshot') text += ' paused';
  if (p.pendingSnapshot > 0) text += ` pendingSnap=${p.pendingSnapshot}`;
  if (!p.active) text += ' inactive';
  if (p.inflight.length > 0) text += ` inflight=${p.inflight.length}`;
  return p.inflight.length >= maxInflight ? `${text}[full]` : text;
}

const LETTERS = { v: 'voter', l: 'learner', r: 'remove', u: 'update' } as const;

/** Reads `v1 l2 r3 u4`. */
export function parseChanges(text: string): MembershipChange['changes'] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const type = LETTERS[word.charAt(0) as keyof typeof LETTERS];
      if (type === undefined) throw new Error(`Cannot read '${word}' as a membership change`);
      return { type, node: Number(word.slice(1)) };
    });
}

/** Writes `v1 l2 r3 u4`. */
export function changesText(changes: MembershipChange['changes']): string {
  const letter = { voter: 'v', learner: 'l', remove: 'r', update: 'u' };
  return changes.map(({ type, node }) => `${letter[type]}${node}`).join(' ');
}

const ROLES = {
  follower: 'StateFollower',
  'pre-candidate': 'StatePreCandidate',
  candidate: 'StateCandidate',
  leader: 'StateLeader',
} as const;

/** `StateFollower`. */
export function roleText(role: RaftRole): string {
  return ROLES[role];
}

/** `1/4 EntryNormal "data"`, `1/5 EntryConfChangeV2 v2 v3`. */
export function entryText(entry: Entry): string {
  const at = `${entry.term}/${entry.index}`;
  if (entry.kind === 'normal') return `${at} EntryNormal ${JSON.stringify(entry.data ?? '')}`;
  const kind = entry.data.context === 'v1' ? 'EntryConfChange' : 'EntryConfChangeV2';
  return `${at} ${kind} ${changesText(entry.data.changes)}`.trimEnd();
}

/** `HardState Term:1 Vote:1 Commit:2` without the first word. */
export function hardText({ term, vote, commit }: HardState): string {
  return `Term:${term}${vote === 0 ? '' : ` Vote:${vote}`} Commit:${commit}`;
}

/** `Index:11 Term:1 ConfState:Voters:[1 2 3] ...`. */
export function snapshotText({ index, term, membership: m }: Snapshot): string {
  const list = (ids: readonly number[]): string => `[${ids.join(' ')}]`;
  return (
    `Index:${index} Term:${term} ConfState:Voters:${list(m.voters)} VotersOutgoing:${list(m.votersOutgoing)} ` +
    `Learners:${list(m.learners)} LearnersNext:${list(m.learnersNext)} AutoLeave:${m.autoLeave}`
  );
}

/** A message on its way, storage threads included. */
export type Mail =
  | { readonly from: number; readonly to: number; readonly message: RaftMessage }
  | {
      readonly storage: 'append';
      readonly from: number;
      readonly ready: Ready;
      readonly responses: readonly Mail[];
    }
  | { readonly storage: 'append-reply'; readonly to: number; readonly mark: StoreMark }
  | { readonly storage: 'apply'; readonly from: number; readonly entries: readonly Entry[] }
  | { readonly storage: 'apply-reply'; readonly to: number; readonly entries: readonly Entry[] };

function entriesText(entries: readonly Entry[]): string[] {
  if (entries.length === 0) return [''];
  if (entries.length === 1) return [` Entries:[${entryText(entries[0] as Entry)}]`];
  return [' Entries:[', ...entries.map((entry) => `  ${entryText(entry)}`), ']'];
}

function glue(head: string, tail: readonly string[]): string[] {
  return [head + (tail[0] ?? ''), ...tail.slice(1)];
}

function storageText(mail: Extract<Mail, { storage: string }>): string[] {
  switch (mail.storage) {
    case 'append': {
      const { hard, entries, snapshot } = mail.ready;
      const vote = hard !== null && hard.vote !== 0 ? ` Vote:${hard.vote}` : '';
      const commit = hard === null || hard.commit === 0 ? '' : ` Commit:${hard.commit}`;
      const head = `${mail.from}->AppendThread MsgStorageAppend Term:${hard?.term ?? 0} Log:0/0${commit}${vote}`;
      const lines = glue(head, entriesText(entries));
      return snapshot === null ? lines : [...lines, `  Snapshot: ${snapshotText(snapshot)}`];
    }
    case 'append-reply': {
      const { term, index, logTerm } = mail.mark;
      return [`AppendThread->${mail.to} MsgStorageAppendResp Term:${term} Log:${logTerm}/${index}`];
    }
    case 'apply':
      return glue(`${mail.from}->ApplyThread MsgStorageApply Term:0 Log:0/0`, entriesText(mail.entries));
    case 'apply-reply':
      return glue(`ApplyThread->${mail.to} MsgStorageApplyResp Term:0 Log:0/0`, entriesText(mail.entries));
  }
}

/** The lines of a message, without its responses. */
export function mailText(mail: Mail): string[] {
  if ('storage' in mail) return storageText(mail);
  const { message: m } = mail;
  const head = `${mail.from}->${mail.to} ${NAMES[m.type]} Term:${m.term}`;
  switch (m.type) {
    case 'append': {
      const commit = m.commit === 0 ? '' : ` Commit:${m.commit}`;
      return glue(`${head} Log:${m.prevTerm}/${m.prevIndex}${commit}`, entriesText(m.entries));
    }
    case 'append-reply':
      return [`${head} Log:${m.hintTerm}/${m.index}${m.reject ? ` Rejected (Hint: ${m.hintIndex})` : ''}`];
    case 'vote':
    case 'pre-vote':
      return [`${head} Log:${m.lastTerm}/${m.lastIndex}`];
    case 'vote-reply':
    case 'pre-vote-reply':
      return [`${head} Log:0/0${m.reject ? ' Rejected (Hint: 0)' : ''}`];
    case 'heartbeat':
      return [`${head} Log:0/0${m.commit === 0 ? '' : ` Commit:${m.commit}`}`];
    case 'snapshot':
      return [`${head} Log:0/0`, `  Snapshot: ${snapshotText(m.snapshot)}`];
    default:
      return [`${head} Log:0/0`];
  }
}

/** The lines of a message with its responses, as a Ready shows it. */
export function readyMailText(mail: Mail): string[] {
  const responses =
    'storage' in mail && mail.storage === 'append'
      ? mail.responses
      : 'storage' in mail && mail.storage === 'apply'
        ? [applyReply(mail)]
        : [];
  const lines = mailText(mail);
  if (responses.length === 0) return lines;
  const last = lines.length - 1;
  lines[last] = `${lines[last]} Responses:[`;
  return [...lines, ...responses.flatMap(mailText).map((line) => `  ${line}`), ']'];
}

/** What the apply thread answers. */
export function applyReply(mail: Extract<Mail, { storage: 'apply' }>): Mail {
  return { storage: 'apply-reply', to: mail.from, entries: mail.entries };
}

const NAMES = {
  append: 'MsgApp',
  'append-reply': 'MsgAppResp',
  vote: 'MsgVote',
  'vote-reply': 'MsgVoteResp',
  'pre-vote': 'MsgPreVote',
  'pre-vote-reply': 'MsgPreVoteResp',
  heartbeat: 'MsgHeartbeat',
  'heartbeat-reply': 'MsgHeartbeatResp',
  snapshot: 'MsgSnap',
  'timeout-now': 'MsgTimeoutNow',
  read: 'MsgReadIndex',
  'read-reply': 'MsgReadIndexResp',
} as const;
