/// <reference lib="dom" />
import type { RerunAnswer, RerunRequest } from '../rerun/data.ts';

/** A worker made from the code a page carries. It has the page's policy: it can reach nothing. */
export class RerunWorker {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, (answer: RerunAnswer) => void>();
  private last = 0;

  constructor(code: string) {
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    this.worker = new Worker(url);
    this.worker.addEventListener('message', (event: MessageEvent<RerunAnswer>) => {
      this.settle(event.data.id, event.data);
    });
    this.worker.addEventListener('error', (event) => {
      const reason = event.message === '' ? 'the browser does not start the worker' : event.message;
      for (const id of this.waiting.keys()) this.settle(id, { id, kind: 'failed', reason });
    });
  }

  /** Makes a run. Answers come in the order of the requests. */
  async ask(request: Omit<RerunRequest, 'id'>): Promise<RerunAnswer> {
    const id = ++this.last;
    return await new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.worker.postMessage({ ...request, id });
    });
  }

  private settle(id: number, answer: RerunAnswer): void {
    const resolve = this.waiting.get(id);
    this.waiting.delete(id);
    resolve?.(answer);
  }
}
