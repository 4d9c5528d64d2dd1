// The world's event loop with latency, loss, duplication and the digest on, beside a bare loop over the same 4-ary heap with
// the same number of events pending. The floor (issue: at least half the rate of the bare loop).
import { Choices, EventQueue, type Host, linkPolicy, type Program, World } from '@holdfast/world';
import { widenInlining } from 'holdfast/node';

// As the command line does.
widenInlining();

const HOSTS = 5;
const EVENTS = 3_000_000;
/** One event in so many is a timer. */
const TIMER_EVERY = 50;

/** Every message is answered with a new one to the next host; duplicates are absorbed so that the number pending stays put. */
class Bouncer implements Program {
  private readonly host: Host;
  private readonly payload: (n: number) => unknown;
  private to = 0;
  private sent = 0;
  constructor(host: Host, pending: number, payload: (n: number) => unknown) {
    this.host = host;
    this.payload = payload;
    for (let i = 0; i < pending; i++) host.setTimer(1 + i, 'start');
  }
  onTimer(timer: unknown): void {
    // Lost and duplicated messages balance, so that the number pending stays near what it was.
    if (timer === 'start') this.next();
  }
  onMessage(): void {
    this.next();
  }
  private next(): void {
    const { host } = this;
    // The program itself does next to nothing: the loop is what is measured.
    this.to = this.to === HOSTS - 1 ? 0 : this.to + 1;
    if (this.to === host.id) this.to = this.to === HOSTS - 1 ? 0 : this.to + 1;
    if (++this.sent === TIMER_EVERY) {
      this.sent = 0;
      host.setTimer(1000, 'again');
    }
    host.send(this.to, this.payload(this.sent), 0);
  }
}

function world(
  pending: number,
  events: number,
  payload: (n: number) => unknown,
): { rate: number; digest: string; mean: number } {
  const names = Array.from({ length: HOSTS }, (_, i) => `N${i + 1}`);
  const choices = new Choices({ seed: 1 });
  const link = linkPolicy({
    latency: { kind: 'uniform', minUs: 200, maxUs: 2_000 },
    loss: 0.01,
    duplicate: 0.01,
  });
  const w = new World({ choices, hosts: names, link });
  for (let i = 0; i < HOSTS; i++)
    w.start(i, (host) => new Bouncer(host, Math.ceil(pending / HOSTS), payload));
  const start = process.cpuUsage();
  let samples = 0;
  let sum = 0;
  while (w.eventsHandled < events) {
    // Losses and duplicates make the load wander: keep it where it was meant to be.
    for (let i = w.pendingEvents; i < pending; i++) w.host(i % HOSTS).send((i + 1) % HOSTS, payload(i));
    w.run(w.nowUs + 5_000);
    sum += w.pendingEvents;
    samples++;
  }
  const used = process.cpuUsage(start);
  return {
    rate: w.eventsHandled / ((used.user + used.system) / 1e6),
    digest: w.digest.text(),
    mean: sum / samples,
  };
}

function bare(pending: number, events: number): number {
  const queue = new EventQueue();
  let x = 12345;
  const random = (): number => {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
    return x % 2000;
  };
  for (let i = 0; i < pending; i++) queue.push(random(), 1, 0, 0, 0, 0, undefined);
  const start = process.cpuUsage();
  let done = 0;
  while (done < events) {
    const slot = queue.pop();
    const now = queue.time[slot] as number;
    queue.release(slot);
    queue.push(now + 1 + random(), 1, 0, 0, 0, 0, undefined);
    done++;
  }
  const used = process.cpuUsage(start);
  return events / ((used.user + used.system) / 1e6);
}

/** Made beforehand: what a program spends on making its messages is not the loop's. */
const MESSAGES = Array.from({ length: 1024 }, (_, index) => ({ kind: 'Append', term: 3, index }));

const PAYLOADS: [string, (n: number) => unknown][] = [
  ['number', (n) => n],
  ['object', (n) => MESSAGES[n & 1023]],
];

console.log('events a second on one core (CPU time), best of 3');
console.log('message  pending  (measured)  bare heap loop   world      ratio   digest');
for (const [name, payload] of PAYLOADS) {
  for (const pending of [10, 100, 1000, 10_000]) {
    let bestBare = 0;
    let bestWorld = 0;
    let digest = '';
    let mean = 0;
    for (let i = 0; i < 3; i++) {
      const run = world(pending, EVENTS, payload);
      bestWorld = Math.max(bestWorld, run.rate);
      digest = run.digest;
      mean = run.mean;
      bestBare = Math.max(bestBare, bare(Math.max(1, Math.round(mean)), EVENTS));
    }
    const M = (n: number): string => `${(n / 1e6).toFixed(2)} M`;
    console.log(
      `${name.padEnd(8)} ${String(pending).padEnd(8)} ${mean.toFixed(0).padEnd(11)} ${M(bestBare).padEnd(16)} ` +
        `${M(bestWorld).padEnd(10)} ${(bestWorld / bestBare).toFixed(2)}    ${digest}`,
    );
  }
}
