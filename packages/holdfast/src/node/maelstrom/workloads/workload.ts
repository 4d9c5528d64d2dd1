import type { Plain } from '@holdfast/plain';
import type { Body } from '../protocol.ts';

/** Draws a number from 0 to below `n`. */
export type Draw = (n: number) => number;

/** An operation a client is to ask for. */
export interface Asked {
  readonly f: string;
  /** The object it is about, where a workload has many. */
  readonly key?: string;
  readonly input: Plain;
  readonly body: Body;
  /** Of what is done besides: no part of the history. */
  readonly isAside?: boolean;
}

/** What a workload may be told. */
export interface WorkloadOptions {
  readonly nodes: readonly string[];
  readonly topology: string;
  /** Models of transactions to judge by. */
  readonly consistencyModels: string;
  readonly keyCount: number;
  readonly maxTxnLength: number;
  readonly maxWritesPerKey: number;
}

/** One checker, and what it is told. */
export interface Judged {
  readonly checker: string;
  readonly settings: Readonly<Record<string, Plain>>;
}

/** A load in one run: what clients ask, what answers mean, and what must hold. It may remember what it asked. */
export interface Load {
  /** A request every node answers before anything else is asked. */
  setup?(node: string): Body;
  /** What a client asks next. */
  next(client: number, draw: Draw): Asked;
  /** What an answer that is no error says. Throws `TypeError` when it lacks what it must have. */
  output(asked: Asked, reply: Body, client: number): Plain;
  /** Whether asking changes nothing, so that no answer means that nothing happened. */
  isIdempotent(f: string): boolean;
  /** What each client asks once everything has healed, one after the other. */
  final?(client: number): readonly (() => Asked)[];
  /** What must hold; `finalFromUs` is when the last requests began. */
  judged(finalFromUs: number): readonly Judged[];
}

/** A kind of load: what nodes are asked, by the name it is chosen by. */
export interface WorkloadKind {
  readonly name: string;
  readonly about: string;
  /** Keys in use at a time, unless told otherwise. */
  readonly keys: number;
  begin(options: WorkloadOptions): Load;
}

/** A field of an answer that must be a list. */
export function listOf(reply: Body, field: string): readonly Plain[] {
  const value = reply[field];
  if (!Array.isArray(value)) throw lacks(reply, field, 'a list');
  return value;
}

/** A field of an answer that must be there. */
export function fieldOf(reply: Body, field: string): Plain {
  const value = reply[field];
  if (value === undefined) throw lacks(reply, field, 'present');
  return value;
}

/** A field of an answer that must be a whole number. */
export function wholeOf(reply: Body, field: string): number {
  const value = reply[field];
  if (!Number.isSafeInteger(value)) throw lacks(reply, field, 'a whole number');
  return value as number;
}

function lacks(reply: Body, field: string, must: string): TypeError {
  return new TypeError(
    `Cannot read '${reply.type}' as an answer: '${field}' must be ${must}, and is ${JSON.stringify(reply[field])}`,
  );
}
