import type { Choices } from '../choices/choices.ts';
import type { HostClock } from '../clock/hostClock.ts';
import type { DiskOptions } from '../disk/disk.ts';
import type { LinkPolicy } from '../network/link.ts';
import type { MessageEdits } from '../network/messageEdit.ts';
import type { PartialSynchronyOptions } from '../network/partialSynchrony.ts';
import type { Recorder } from '../record/recorder.ts';

/** What a world is made of. */
export interface WorldOptions {
  /** Where every random decision comes from. */
  readonly choices: Choices;
  /** Names of all hosts, unique, in order; `start` puts a program on each. */
  readonly hosts: readonly string[];
  /** Kinds of traffic that faults can cut apart. Default: one. */
  readonly channels?: readonly string[];
  /** How every link behaves unless a fault says otherwise. */
  readonly link: LinkPolicy;
  /** In its place: a network that keeps a bound only from an unknown time on (S3.6). */
  readonly partialSynchrony?: PartialSynchronyOptions | undefined;
  /** How every host's disk behaves when nothing is wrong. */
  readonly disk?: DiskOptions | undefined;
  /** Clocks of hosts, by name; perfect ones when left out. A clock belongs to one world: the run changes it. */
  readonly clocks?: Readonly<Record<string, HostClock>>;
  /** What becomes of chosen messages, whatever the network decides; its choices are drawn all the same. Default: none. */
  readonly messages?: MessageEdits | undefined;
  /** Keeps the trace, when wanted; never changes the run. */
  readonly recorder?: Recorder | undefined;
  /** Message names for the trace. */
  readonly messageLabel?: ((payload: unknown) => string) | undefined;
  /** Size of a message in bytes; needed only where links have a bandwidth. Default: 256 for every message. */
  readonly sizeOf?: ((payload: unknown) => number) | undefined;
  /** Hash of a message for the digest. Default: the structural hash of plain data. */
  readonly hashOf?: ((payload: unknown) => number) | undefined;
  /**
   * What a corrupt packet becomes when no checksum catches it; undefined (the default) means the checksum does, and the packet
   * is dropped.
   */
  readonly mangle?: ((payload: unknown) => unknown) | undefined;
}
