/**
 * How long it takes to make a violated run of 100,000 events and more small, and how small: a Raft store with a defect, run for so long.
 * Processor time of one thread; operations, faults and events before and after. A plain script: what it prints is its result.
 */
import { type Experiment, raftTwin, shrinkRun, simulate } from 'holdfast';

const EVENTS = 100_000;

function lasting(experiment: Experiment, simulatedSeconds: number): Experiment {
  return { ...experiment, bounds: { ...experiment.bounds, simulatedSeconds } };
}

for (const defect of ['local-read', 'ack-on-append', 'vote-not-persisted'] as const) {
  const twin = raftTwin(defect);
  // As long as it takes for a violated run of that many events.
  let [seconds, run] = [60, simulate(lasting(twin, 60), 0)];
  for (let seed = 0; run.events < EVENTS || !violated(run); seed++) {
    if (run.events < EVENTS) seconds *= 2;
    run = simulate(lasting(twin, seconds), seed);
  }
  const before = process.cpuUsage();
  const { fromEvents, toEvents, plan, promise, runs } = shrinkRun(lasting(twin, seconds), run);
  const { user, system } = process.cpuUsage(before);
  const share = (100 * toEvents) / fromEvents;
  const operations = `${run.plan.operations.length} operations to ${plan.operations.length}`;
  const faults = `${run.plan.faults.length} faults to ${plan.faults.length}`;
  console.log(
    `${defect}: ${fromEvents.toLocaleString('en-US')} events to ${toEvents} (${share.toFixed(2)} %), ${operations}, ${faults}, ` +
      `in ${((user + system) / 1e6).toFixed(1)} s of processor time and ${runs} runs; ${promise}`,
  );
}

function violated({ verdicts }: ReturnType<typeof simulate>): boolean {
  return verdicts.some(({ status }) => status === 'violated');
}
