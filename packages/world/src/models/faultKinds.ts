/** Every kind of fault the world can inject, with what it does in one line. The names are the vocabulary of reports. */
export const FAULT_KINDS = {
  crash: 'the process stops and loses its memory',
  restart: 'a stopped process starts again from its disk',
  amnesia: 'a process restarts with an empty disk',
  pause: 'no handler of the host runs for a while; due timers fire afterwards, in order',
  suspend: 'the whole host sleeps; its monotonic clock may or may not go on',
  'slow-cpu': 'every handler of the host takes longer',
  partition: 'groups of hosts cannot exchange messages at all',
  bridge: 'two groups are cut from each other, a third host still reaches both',
  'one-way': 'messages pass from one host to another, but not back',
  channel: 'one protocol or port between hosts is cut, the others work',
  flapping: 'a cut comes and goes',
  loss: 'single messages are lost on the way',
  duplicate: 'a message arrives twice',
  reorder: 'a message is held back, so that later ones overtake it',
  corrupt: 'a message arrives altered and its checksum gives it away',
  'slow-link': 'every message on a link takes longer',
  'narrow-link': 'a link carries few bits per second, messages queue',
  'black-hole': 'messages are accepted and never answered',
  'send-omission': 'a host leaves out sending some messages',
  'receive-omission': 'a host leaves out receiving some messages',
  'clock-offset': "a host's wall clock is wrong by a constant",
  'clock-step': "a host's wall clock jumps forward or back",
  'clock-drift': "a host's clocks run too fast or too slow",
  'leap-second': 'a second is repeated, smeared or skipped by a wall clock',
  'disk-lost-writes':
    'crashes are power failures: writes not yet synced may be lost, wholly or from some record on',
  'disk-torn': 'the record being written at a power failure is half written, the old one gone',
  'disk-bit-rot': 'a durable record is damaged',
  'disk-misdirected': 'a read or write goes to the place of another record',
  'disk-stale': 'a read returns the previous version of a record, with a valid checksum',
  'disk-full': 'writes are refused',
  'disk-fsync-fails': 'a sync reports an error',
  'disk-fsync-lies': 'a sync reports success and has made nothing durable',
  'disk-slow': 'writes and syncs take longer',
  byzantine: 'a host sends what its protocol does not allow, or alters messages beyond what a checksum shows',
  upgrade: 'a host stops and starts again with another version of its program',
} as const;

/** The name of a kind of fault. */
export type FaultKind = keyof typeof FAULT_KINDS;

/** All kinds, in the order of `FAULT_KINDS`. */
export const ALL_FAULT_KINDS: readonly FaultKind[] = Object.keys(FAULT_KINDS) as FaultKind[];

/** Whether a string names a kind of fault. */
export function isFaultKind(name: string): name is FaultKind {
  return Object.hasOwn(FAULT_KINDS, name);
}
