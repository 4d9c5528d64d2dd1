import { sleep } from '../time.ts';
import type { Provider } from './file.ts';
import { provide } from './provider.ts';

/** Where controls stand. */
export type ControlLevel = 'experiment' | 'hypothesis' | 'method' | 'rollback' | 'activity';

/** Where a control is called, and around what. */
export interface ControlCall {
  readonly level: ControlLevel;
  readonly scope: 'before' | 'after';
  /** Of the activity, the hypothesis or the experiment. */
  readonly name: string;
  /** What it stands around has given; absent before. */
  readonly state?: unknown;
}

/** What a provider may be told besides. */
export interface ProviderContext {
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** It is called as a control. */
  readonly control?: ControlCall;
}

/** What an experiment is run against: the world as it is, or a simulated one with a time of its own. */
export interface ChaosPorts {
  provide(provider: Provider, context?: ProviderContext): Promise<unknown>;
  /** Milliseconds since 1970. */
  nowMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The real world. */
export const REAL_PORTS: ChaosPorts = { provide, nowMs: () => Date.now(), sleep };
