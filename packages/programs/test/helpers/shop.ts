import { fileURLToPath } from 'node:url';
import { type Fault, linkPolicy } from '@holdfast/world';
import type { ProgramRun } from '@holdfast/programs';

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
}

/** The shop and its client, with packets lost all the time, and the shop crashed once and started again. */
export function shop(seed: number): ProgramRun {
  const crash: Fault = { id: 0, kind: 'crash', host: 'server', atUs: 100_000 + seed * 7_000, forUs: 150_000 };
  return {
    seed,
    programs: { server: { file: fixture('server.js') }, client: { file: fixture('client.js') } },
    link: linkPolicy({ latency: { kind: 'uniform', minUs: 200, maxUs: 3_000 }, loss: 0.03 }),
    faults: [crash],
    untilUs: 8_000_000,
  };
}

/** One program alone on one host. */
export function alone(file: string, ...args: string[]): ProgramRun {
  return {
    seed: 1,
    programs: { server: { file: fixture(file), args } },
    link: linkPolicy({ latency: { kind: 'constant', us: 500 } }),
    untilUs: 2_000_000,
  };
}
