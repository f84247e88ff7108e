import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Endpoint } from '../../testkit/src/endpoint.ts';
import type { Recording } from '../compatibility/recorded/recording.ts';
import { Recorder } from './recorder.ts';

/** A recorder on a thread of its own: what starts a program may wait for one of its tools, and hold up all else on its thread. */
export class RecorderThread {
  readonly endpoints: readonly Endpoint[];
  readonly #worker: Worker;

  /** Made by its static function alone. */
  constructor(worker: Worker, endpoints: readonly Endpoint[]) {
    this.#worker = worker;
    this.endpoints = endpoints;
  }

  /** Resolves once programs may connect to `endpoints` instead of the members. */
  static async before(members: readonly Endpoint[]): Promise<RecorderThread> {
    const worker = new Worker(import.meta.filename, { workerData: members });
    const [endpoints] = (await once(worker, 'message')) as [Endpoint[]];
    return new RecorderThread(worker, endpoints);
  }

  /** Ends it; resolves with what it has heard. */
  async stop(program: string): Promise<Recording> {
    const told = once(this.#worker, 'message') as Promise<[Recording]>;
    this.#worker.postMessage(program);
    const [recording] = await told;
    await this.#worker.terminate();
    return recording;
  }
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const { recorder, endpoints } = await Recorder.before(workerData as readonly Endpoint[]);
  port.once('message', (program: string) => {
    recorder.stop();
    port.postMessage(recorder.recording(program));
  });
  port.postMessage(endpoints);
}
