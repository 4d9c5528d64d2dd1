import {
  type Authority,
  checkContract,
  type ContractVerdict,
  type History,
  type Model,
  modelNamed,
  type Operation,
  type Verdict,
  type VerdictStatus,
  worstStatus,
} from '@holdfast/check';
import type { Experiment } from '../experiment/experiment.ts';
import type { Workload } from '../experiment/workload.ts';
import { faultIntervals } from './faultIntervals.ts';
import type { RunPlan } from './plan.ts';

/** What a contract is judged on: a run's plan and history, and what its subject tells of authority. */
export interface RunToJudge {
  readonly plan: RunPlan;
  readonly history: History;
  /** Names of all hosts, by id. */
  readonly hosts: readonly string[];
  /** Whether those an operation's client could reach had the authority to decide; undefined when the subject does not tell. */
  readonly authority?: ((operation: Operation) => Authority) | undefined;
}

/** What the history says of the contract: consistency, then availability, then durability, and each kind of operation by itself. */
export function judgeContract(experiment: Experiment, run: RunToJudge): ContractVerdict {
  const { contract, workload, bounds } = experiment;
  const { plan, history, hosts, authority } = run;
  return checkContract(history, contract, {
    model: modelOf(workload),
    faults: faultIntervals(plan, hosts),
    healedAt: plan.healAtUs,
    recoverWithin: Math.round(bounds.recoverWithinMs * 1000),
    ...(authority === undefined ? {} : { authority }),
    ...(bounds.checkerSteps === undefined ? {} : { stepBudget: bounds.checkerSteps }),
  });
}

/** One verdict per clause, in a fixed order. */
export function clausesOf({ consistency, availability, durability }: ContractVerdict): Verdict[] {
  return [consistency, availability, durability].flatMap(({ clauses }) =>
    clauses.map(({ promise, status, reason, evidence }) => ({ promise, status, reason, evidence })),
  );
}

function modelOf({ model: name }: Workload): Model | null {
  if (name === null) return null;
  const model = modelNamed(name);
  if (model === undefined) throw new RangeError(`Cannot judge by model '${name}': the checker has none`);
  return model;
}

/** The three properties of a run, judged apart (S1.12): each may break while the others hold. */
export interface Properties {
  readonly consistency: VerdictStatus;
  readonly availability: VerdictStatus;
  readonly durability: VerdictStatus;
}

/** Of the promises subjects watch themselves. */
const DURABILITY: ReadonlySet<string> = new Set(['no acknowledged write lost']);

/** Sums up by property: what the subject watched, which is about consistency where it is not about durability, and the contract. */
export function propertiesOf(watched: readonly Verdict[], contract: ContractVerdict): Properties {
  const about = (isDurability: boolean): Verdict[] =>
    watched.filter((verdict) => DURABILITY.has(verdict.promise) === isDurability);
  return {
    consistency: worstStatus([...about(false), contract.consistency]),
    availability: contract.availability.status,
    durability: worstStatus([...about(true), contract.durability]),
  };
}
