/** The four models faults are sorted into. */
export const MODELS = ['crash-stop', 'omission', 'timing', 'byzantine'] as const;
/** One of them. */
export type Model = (typeof MODELS)[number];

/** A fault as it is met, and the models that describe it. */
export interface DescribedFault {
  readonly id: string;
  readonly fault: string;
  /** Several where it depends on what is looked at; each is accepted. */
  readonly models: readonly Model[];
  readonly because: string;
}

const fault = (
  id: string,
  text: string,
  models: Model | readonly Model[],
  because: string,
): DescribedFault => ({
  id,
  fault: text,
  models: typeof models === 'string' ? [models] : models,
  because,
});

/** Faults of the workshop. */
export const WORKSHOP: readonly DescribedFault[] = [
  fault(
    'power',
    'the power supply of a server burns out, and the machine is scrapped',
    'crash-stop',
    'it stops and says nothing more',
  ),
  fault(
    'oom',
    'the kernel kills a process that took too much memory, and nobody starts it again',
    'crash-stop',
    'it stops in the middle of whatever it did',
  ),
  fault(
    'panic',
    'a node meets a failed assertion and ends itself',
    'crash-stop',
    'stopping at once is how a crash is made of a worse fault',
  ),
  fault(
    'full-buffer',
    'a switch drops packets while its buffers are full',
    'omission',
    'messages are missing; what arrives is right',
  ),
  fault('udp', 'metrics sent over UDP do not arrive now and then', 'omission', 'nobody sends them again'),
  fault(
    'receive-queue',
    'a server is up and its receive queue overflows',
    'omission',
    'a receive omission: it goes on, without some of what was sent',
  ),
  fault(
    'one-way',
    'a firewall rule lets requests through and drops the answers',
    'omission',
    'a cut in one direction: everything that way is left out',
  ),
  fault(
    'partition',
    'a fibre is cut between two sites for an hour',
    'omission',
    'all messages between them are left out; both go on',
  ),
  fault(
    'gc',
    'a collector stops a process for eleven seconds, and then it goes on',
    'timing',
    'it does the right thing, too late',
  ),
  fault(
    'vm',
    'a virtual machine is moved to another host and stands still meanwhile',
    ['timing'],
    'a pause: right, and late',
  ),
  fault(
    'slow-disk',
    'a disk that is about to fail takes ten seconds for each write',
    'timing',
    'a gray failure: right answers, outside the bound',
  ),
  fault(
    'congestion',
    'answers take three seconds instead of three milliseconds at noon',
    'timing',
    'late, and not lost',
  ),
  fault(
    'clock-jump',
    'a clock is set forward by an hour, and leases end at once',
    'timing',
    'a clock fault breaks a bound on time; what is computed from it is right but for that',
  ),
  fault('drift', 'two clocks drift apart by 200 parts in a million', 'timing', 'a rate outside its bound'),
  fault(
    'bit-flip',
    'memory without parity changes a bit of an account balance, and it is replicated',
    'byzantine',
    'it says something that no correct program would',
  ),
  fault(
    'key-stolen',
    'somebody has a key of a member and sends votes of their own',
    'byzantine',
    'arbitrary behaviour, on purpose',
  ),
  fault(
    'two-faces',
    'a member tells one half that it votes yes, and the other that it votes no',
    'byzantine',
    'equivocation',
  ),
  fault(
    'old-binary',
    'a node that was left out of the upgrade writes records in a format the others misread',
    'byzantine',
    'from outside it sends messages that do not follow the protocol',
  ),
  fault(
    'firmware',
    'a network card computes checksums over data that it has damaged before',
    'byzantine',
    'damage that looks right; a checksum end to end makes an omission of it',
  ),
  fault(
    'checksum',
    'a message arrives damaged, and the receiver throws it away by its checksum',
    ['omission', 'byzantine'],
    'damage that is noticed is as good as a loss; before that it is arbitrary',
  ),
  fault(
    'restart',
    'a process crashes and comes back in a second with what it had synced',
    ['crash-stop', 'omission'],
    'a crash with recovery: while it is away messages are missing, and it comes back',
  ),
  fault(
    'amnesia',
    'a member comes back from a crash without the vote it had given',
    ['byzantine', 'crash-stop'],
    'it crashed; and what it says afterwards contradicts what it said before',
  ),
  fault(
    'silent',
    'for two seconds nothing has been heard of a peer',
    ['crash-stop', 'omission', 'timing'],
    'from here it cannot be told: dead, cut off or slow',
  ),
  fault(
    'overload',
    'an overloaded server answers some requests late and throws others away',
    ['timing', 'omission'],
    'late for some, missing for others',
  ),
];

/** Other faults, of the same kinds, that only the test asks. */
export const UNSEEN: readonly DescribedFault[] = [
  fault(
    'u1',
    'a rack loses its cooling; its servers switch themselves off and stay off',
    'crash-stop',
    'they stop',
  ),
  fault('u2', 'a container is evicted, and its place is not filled again', 'crash-stop', 'it stops'),
  fault(
    'u3',
    'a worker thread throws, nothing catches it, and the process exits',
    'crash-stop',
    'it stops in the middle',
  ),
  fault('u4', 'a wireless link loses one packet in five', 'omission', 'messages are missing'),
  fault(
    'u5',
    'a mailbox of an actor is bounded, and what does not fit is thrown away',
    'omission',
    'a receive omission',
  ),
  fault('u6', 'a routing table sends everything for one subnet nowhere', 'omission', 'all of it is left out'),
  fault(
    'u7',
    'a log shipper forgets the lines of the minute in which it was rotated',
    'omission',
    'some of what should be sent is not',
  ),
  fault('u8', 'a laptop is closed during a transaction and opened in the evening', 'timing', 'a pause'),
  fault(
    'u9',
    'a neighbour on the same host takes the processor for seconds at a time',
    'timing',
    'late answers',
  ),
  fault('u10', 'a satellite link adds 600 ms where 100 ms were promised', 'timing', 'outside the bound'),
  fault('u11', 'the time server of a site is five minutes ahead', 'timing', 'a clock outside its bound'),
  fault(
    'u12',
    'a disk returns a sector that was written a week ago, as if it were the last write',
    'byzantine',
    'a wrong answer that looks right',
  ),
  fault('u13', 'a compromised proxy changes amounts on their way', 'byzantine', 'it says what nobody sent'),
  fault(
    'u14',
    'a bug makes a replica apply commands in another order and answer from that',
    'byzantine',
    'wrong answers, though nobody means harm',
  ),
  fault('u15', 'a sensor reports 20 degrees to one controller and 90 to the other', 'byzantine', 'two faces'),
];
