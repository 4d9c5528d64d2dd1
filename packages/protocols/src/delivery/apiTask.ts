import { clonePlain, encodePlain, type Plain } from '@holdfast/plain';

/** A request to the API. */
export interface TaskRequest {
  /** The client's, the same on every retry. */
  readonly key: string;
  readonly amount: number;
}

/** What the API answers, by HTTP status. */
export interface TaskResponse {
  readonly status: number;
  readonly body: Plain;
}

/** The database of the API: each call is one step that nothing comes between, and survives a crash. */
export interface TaskStore {
  get(key: string): Plain;
  put(key: string, value: Plain): void;
  /** Writes where nothing was; whether it did. */
  putIfAbsent(key: string, value: Plain): boolean;
  /** The effect, alone. */
  charge(amount: number): void;
  /** The effect and a record, in one transaction. */
  chargeAndPut(amount: number, key: string, value: Plain): void;
}

/**
 * An idempotent API to be graded (S4.26): a handler that yields wherever another request, or the end of the process, may come between two steps. It
 * keeps nothing but what it puts into the store.
 */
export type ApiTask = (store: TaskStore, request: TaskRequest) => Generator<void, TaskResponse>;

/** One case of the suite. */
export interface ApiGrade {
  readonly name: string;
  readonly passed: boolean;
  readonly because: string;
}

class Store implements TaskStore {
  charged: number[] = [];
  private readonly held = new Map<string, Plain>();

  get(key: string): Plain {
    return clonePlain(this.held.get(key) ?? null);
  }

  put(key: string, value: Plain): void {
    this.held.set(key, clonePlain(value));
  }

  putIfAbsent(key: string, value: Plain): boolean {
    if (this.held.has(key)) return false;
    this.put(key, value);
    return true;
  }

  charge(amount: number): void {
    this.charged.push(amount);
  }

  chargeAndPut(amount: number, key: string, value: Plain): void {
    this.charge(amount);
    this.put(key, value);
  }
}

/** Most steps of one request. */
const STEP_LIMIT = 12;

/** Runs a request to its end, or for so many steps: then the process is gone. */
function run(
  task: ApiTask,
  store: Store,
  request: TaskRequest,
  steps: number = STEP_LIMIT,
): TaskResponse | undefined {
  const going = task(store, request);
  for (let step = 0; step < steps; step++) {
    const { done, value } = going.next();
    if (done === true) return value;
  }
  return undefined;
}

/** Two requests whose steps take turns as the bits of a number say; what is left of one when the other is done runs on. */
function interleaved(task: ApiTask, store: Store, request: TaskRequest, turns: number): TaskResponse[] {
  const going = [task(store, request), task(store, request)];
  const answers: TaskResponse[] = [];
  const open = new Set([0, 1]);
  for (let step = 0; open.size > 0 && step < 2 * STEP_LIMIT; step++) {
    const wanted = (turns >> step) & 1;
    const at = open.has(wanted) ? wanted : 1 - wanted;
    const { done, value } = (going[at] as Generator<void, TaskResponse>).next();
    if (done !== true) continue;
    open.delete(at);
    answers.push(value);
  }
  return answers;
}

const PAY: TaskRequest = { key: 'k', amount: 5 };
const isGood = ({ status }: TaskResponse): boolean => status >= 200 && status < 300;
const isRefused = (response: TaskResponse | undefined): boolean =>
  response !== undefined && response.status >= 400 && response.status < 500;

type Finding = string | undefined;

const CASES: Readonly<Record<string, (task: ApiTask) => Finding>> = {
  'a retry has one effect and the same answer'(task) {
    const store = new Store();
    const answers = [1, 2, 3].map(() => run(task, store, PAY));
    const texts = new Set(answers.map((answer) => encodePlain(answer as unknown as Plain)));
    if (store.charged.length !== 1)
      return `three requests with one key charged ${store.charged.length} times`;
    return texts.size === 1 ? undefined : `one key was answered ${texts.size} different things`;
  },
  'two keys are two requests'(task) {
    const store = new Store();
    for (const key of ['a', 'b']) run(task, store, { ...PAY, key });
    return store.charged.length === 2 ? undefined : `two keys charged ${store.charged.length} times`;
  },
  'another payload under the same key is refused'(task) {
    const store = new Store();
    run(task, store, PAY);
    const other = run(task, store, { ...PAY, amount: 6 });
    return isRefused(other) && store.charged.length === 1
      ? undefined
      : `an amount of 6 under the key of 5 was answered ${other?.status}`;
  },
  'two copies at once have one effect'(task) {
    for (let turns = 0; turns < 2 ** 10; turns++) {
      const store = new Store();
      const answers = interleaved(task, store, PAY, turns);
      if (store.charged.length > 1) return `steps taken in turns (${turns.toString(2)}) charged twice`;
      if (!answers.some(isGood)) return `steps taken in turns (${turns.toString(2)}) answered nobody`;
    }
    return undefined;
  },
  'a crash between any two steps does not charge twice'(task) {
    for (let steps = 0; steps < STEP_LIMIT; steps++) {
      const store = new Store();
      run(task, store, PAY, steps);
      run(task, store, PAY);
      if (store.charged.length > 1) return `after a crash before step ${steps + 1} the retry charged again`;
    }
    return undefined;
  },
  'a crash between any two steps does not lose the charge for ever'(task) {
    for (let steps = 0; steps < STEP_LIMIT; steps++) {
      const store = new Store();
      run(task, store, PAY, steps);
      const answers = [1, 2, 3].map(() => run(task, store, PAY));
      const last = answers.at(-1);
      if (last === undefined || !isGood(last) || store.charged.length === 0) {
        return `after a crash before step ${steps + 1} every retry is answered ${last?.status}`;
      }
    }
    return undefined;
  },
};

/** Runs an API through the suite; every order of steps of two copies, and a crash before every step. */
export function gradeApi(task: ApiTask): readonly ApiGrade[] {
  return Object.entries(CASES).map(([name, play]) => {
    const found = play(task);
    return { name, passed: found === undefined, because: found ?? 'every run of this case is as it must be' };
  });
}
