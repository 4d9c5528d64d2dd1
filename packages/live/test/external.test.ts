import { readExperiment, runLive } from '@holdfast/live';
import { expect, test } from 'vitest';

/** What running this subject is refused with. */
async function refused(subject: string, faults = ''): Promise<string> {
  const text = `
format: holdfast-live/1
name: elsewhere
subject: ${subject}
${faults}
checks: [{ linearizable: register }]
`;
  return runLive(readExperiment(text, 'elsewhere.yaml'), { attempts: 1 }).then(
    () => 'it ran',
    (error: unknown) => String(error),
  );
}

const ETCD = "{ system: etcd, addresses: ['127.0.0.1:1'] }";

test('faults of members and of what they say to each other are refused for a cluster that runs already', async () => {
  for (const fault of ['{ kind: crash, host: N1 }', '{ kind: partition, groups: [[N1], [N2]] }']) {
    const text = await refused(ETCD, `faults: [${fault}]`);
    expect(text).toMatch(/at a cluster that runs already: only what is between it and our clients is ours/);
  }
  expect(await refused(ETCD, 'steps: [{ hold: { from: N1, to: N2 } }]')).toMatch(/Cannot act on messages/);
});

test('settings, disks and systems that cannot be attached to are refused for a cluster that runs already', async () => {
  const settings = "{ system: etcd, addresses: ['127.0.0.1:1'], settings: { heartbeatMs: 1 } }";
  expect(await refused(settings)).toMatch(/Cannot choose settings of a cluster that runs already/);
  const disk = "{ system: etcd, addresses: ['127.0.0.1:1'], disk: volatile }";
  expect(await refused(disk)).toMatch(/Cannot choose disks/);
  const rabbit = "{ system: rabbitmq, addresses: ['127.0.0.1:1'] }";
  expect(await refused(rabbit)).toMatch(/Cannot use a cluster of rabbitmq that runs already/);
});
