import { type HeardMessage, type Plain, type SketchNode, type SketchProgram } from 'holdfast';
import {
  beat,
  type Build,
  cancel,
  claim,
  emptyTable,
  endLeases,
  finish,
  type JobTable,
  submit,
} from './jobs.ts';

export function tableOf(kept: Readonly<Record<string, unknown>>): JobTable {
  return (kept['table'] ?? emptyTable()) as JobTable;
}

const TICK_MS = 20;

/** The database of jobs. Every message is one transaction. */
export function table(node: SketchNode, build: Build): SketchProgram {
  const jobs = tableOf(node.kept);
  node.kept['table'] = jobs;
  // Broken twin: who had what, under which token, is gone after a crash.
  if (!build.durable) forget(jobs);
  const shown = new Map<string, string>();
  for (const [name, { state, token }] of Object.entries(jobs.jobs)) {
    shown.set(name, state).set(`${name} token`, `${token}`);
  }
  const show = (): void => {
    for (const [name, { state, token, owner, step }] of Object.entries(jobs.jobs)) {
      if (shown.get(name) !== state) node.effect('moved', name, state);
      if (state === 'running' && shown.get(`${name} token`) !== `${token}`) {
        shown.set(`${name} token`, `${token}`);
        node.effect('leased', name, { token, owner, step });
      }
      shown.set(name, state);
    }
  };
  node.timer('tick', TICK_MS);
  return {
    request: ({ f, key }, answer) => {
      if (f === 'submit') submit(jobs, key);
      const isDone = f === 'cancel' ? cancel(jobs, key) : true;
      const output = f === 'status' ? (jobs.jobs[key]?.state ?? null) : null;
      answer(isDone ? { outcome: 'ok', output } : { outcome: 'fail', output: 'too late' });
      show();
    },
    message: (from, message) => {
      const answer = transact(jobs, message, node.upMs(), build);
      node.send(from, { type: 'row', call: message['call'] ?? '', ...answer });
      show();
    },
    timer: () => {
      endLeases(jobs, node.upMs());
      show();
      node.timer('tick', TICK_MS);
    },
  };
}

function transact(
  jobs: JobTable,
  message: HeardMessage,
  nowMs: number,
  build: Build,
): Readonly<Record<string, Plain>> {
  const { type, key: name, token, step, owner, version, to } = message;
  switch (type) {
    case 'look':
      return { open: open(jobs) as never };
    case 'claim': {
      const by = { owner: owner as string, version: Number(version), nowMs };
      const job = claim(jobs, name, by, build);
      return job === undefined ? { token: 0 } : { token: job.token, step: build.resumes ? job.step : 0 };
    }
    case 'beat':
      return { isMine: beat(jobs, name, Number(token), Number(step), nowMs) };
    default:
      return { isMine: finish(jobs, name, Number(token), to as 'succeeded' | 'failed') };
  }
}

function open({ jobs }: JobTable): { name: string; version: number }[] {
  return Object.entries(jobs)
    .filter(([, { state }]) => state === 'queued')
    .slice(0, 6)
    .map(([name, { version }]) => ({ name, version }));
}

function forget(jobs: JobTable): void {
  jobs.lastToken = 0;
  for (const [name, job] of Object.entries(jobs.jobs)) {
    jobs.jobs[name] = { ...job, token: 0, owner: '', leaseUntilMs: 0 };
  }
}
