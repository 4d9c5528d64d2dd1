/**
 * The process of one node: loads the experiment, puts the node's core on a real disk and real time, and speaks for the other hosts through the socket of
 * whoever started it. Ends when that socket closes.
 */
import { connect } from 'node:net';
import { Choices, linkPolicy, type Host, type Program, World } from '@holdfast/world';
import type { BootCore } from '../../simulate/coreProgram.ts';
import { clientNames } from '../../simulate/plan.ts';
import { subjectOfSize } from '../../simulate/plannedRun.ts';
import { type ExperimentReference, loadReference } from '../resolveExperiment.ts';
import { LineReader, LineWriter, type ProcessOrder, type Said, type Told } from './frames.ts';
import { Away, LiveCore } from './liveCore.ts';
import { RecordFile } from './recordFile.ts';
import { RecordingTape } from './tapedCore.ts';
import { WallTime } from './wallTime.ts';

/** No other end within this. */
const FOREVER_US = Number.MAX_SAFE_INTEGER;

async function main(order: ProcessOrder): Promise<void> {
  const experiment = await loadReference(order.experiment as ExperimentReference);
  const file = await RecordFile.open(order.folder);
  const socket = connect(order.port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.setEncoding('utf8');
  socket.on('close', () => process.exit(0));
  socket.on('error', () => process.exit(0));
  const lines = new LineWriter((text) => void socket.write(text));
  lines.put({ secret: order.secret });
  const tell = (told: Told): void => lines.put(told);

  const subject = subjectOfSize(experiment, order.nodes);
  const clients = clientNames(experiment);
  const world = new World({
    choices: new Choices({ seed: order.seed }),
    hosts: [...subject.nodes, ...clients],
    channels: ['peers', 'clients'],
    // What is sent leaves at once: the network is where the sockets meet.
    link: linkPolicy({ latency: { kind: 'constant', us: 0 } }),
  });
  const time = new WallTime(world);
  let syncDelayMs = 0;
  let live:
    | { readonly host: Host; readonly receive: (input: Extract<Said, { kind: 'message' }>) => void }
    | undefined;
  const boot: BootCore = (core, host, options): Program => {
    if (host.id !== order.node) return new Away(host.id, order.node, tell);
    const program = new LiveCore(core, host, {
      ...options,
      tape: new RecordingTape(),
      file,
      syncDelayMs: () => syncDelayMs,
      tell,
      wake: () => time.wake(),
      diskFailed: (error) => {
        console.error(String(error));
        process.exit(1);
      },
    });
    live = { host, receive: (input) => program.receive(input) };
    return program;
  };
  subject.start({
    world,
    servers: subject.nodes.map((_, id) => id),
    clients: clients.map((_, i) => subject.nodes.length + i),
    healAtUs: FOREVER_US,
    boot,
  });

  const reader = new LineReader<Said>((said) => {
    if (live === undefined) return;
    const { host, receive } = live;
    if (said.kind === 'message') host.after(0, 'message', () => receive(said));
    else {
      if (host.clock.driftPpm !== said.driftPpm) world.driftClock(host, said.driftPpm);
      host.cpuUsPerEvent = said.cpuUsPerEvent;
      syncDelayMs = said.syncDelayMs;
    }
    time.wake();
  });
  socket.on('data', (text) => reader.take(String(text)));
  await time.drive(FOREVER_US);
}

await main(JSON.parse(process.argv[2] ?? '{}') as ProcessOrder);
