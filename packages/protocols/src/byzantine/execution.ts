import { clonePlain, hashPlain, type Plain } from '@holdfast/plain';
import type { Machine } from '../kv/machine.ts';
import type { SignedCommand } from './command.ts';

/** What carrying out commands in order makes: the same on every correct node that has carried out as many. */
export interface Execution {
  /** The last position of the order that was carried out; 0 before the first. */
  executed: number;
  /** A hash of all that was carried out, in order. */
  digest: number;
  machine: Plain;
  /** Each client's last command and its result. A forgotten one could be replayed, so none is ever forgotten. */
  sessions: Record<number, { readonly sequence: number; readonly value: Plain }>;
}

/** What became of one command at its position. */
export interface Executed {
  readonly command: SignedCommand;
  readonly result: { readonly ok: true; readonly value: Plain } | { readonly ok: false };
  /** Whether the machine really took the command: not when it was a repetition. */
  readonly fresh: boolean;
}

/** Before the first command. */
export function emptyExecution(machine: Machine): Execution {
  return { executed: 0, digest: 0, machine: machine.init() as Plain, sessions: {} };
}

/** A copy that later execution does not change. */
export function copyExecution({ executed, digest, machine, sessions }: Execution): Execution {
  return clonePlain({ executed, digest, machine, sessions });
}

/** Carries out the commands at the next position. A repeated command answers what it answered the first time. */
export function executeAt(
  execution: Execution,
  position: number,
  commands: readonly SignedCommand[],
  machine: Machine,
  { remember = true }: { readonly remember?: boolean } = {},
): Executed[] {
  execution.executed = position;
  execution.digest = hashPlain([execution.digest, position, commands]);
  return commands.map((command): Executed => {
    const { client, sequence, operation } = command;
    const session = execution.sessions[client];
    if (remember && session !== undefined && sequence <= session.sequence) {
      if (sequence < session.sequence) return { command, result: { ok: false }, fresh: false };
      return { command, result: { ok: true, value: session.value }, fresh: false };
    }
    const value = machine.apply(execution.machine, operation);
    execution.sessions[client] = { sequence, value };
    return { command, result: { ok: true, value }, fresh: true };
  });
}
