import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { NOTHING_COUNTED } from '../../../sim/nothing-counted.ts';
import { memberView } from '../../../src/admin/member-view.ts';
import { type Bounds, boundsOf } from '../../../src/bounds/bounds.ts';
import type { Config, WindowMode } from '../../../src/config/config.ts';
import { ensembleView } from '../../../src/ensemble-report/ensemble-view.ts';
import type { AdminToken } from '../../../src/http/admin-token.ts';
import { type RunningHttp, startHttp } from '../../../src/http/start-http.ts';
import { countedDescriptors } from '../../../src/platform/descriptors.ts';
import { eventLoopScheduler, systemClock } from '../../../src/platform/machine.ts';
import { machineHeap } from '../../../src/platform/memory.ts';
import { TestEnsemble, type TestMember } from '../../connections/ensemble.ts';
import { FakeMember } from '../fake-member.ts';
import { HTTP } from '../http-config.ts';

export interface WindowAnswer<T> {
  readonly status: number;
  readonly json: T;
}

export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

/** What the commands and streams of ZooKeeper need is not asked for here. */
const REST = new FakeMember();

/** Members with real sockets, and the window of each. */
export class ServedWindow implements AsyncDisposable {
  readonly ensemble: TestEnsemble;
  readonly log = new KeptLog();
  readonly #https = new Map<TestMember, RunningHttp>();

  constructor(ensemble: TestEnsemble) {
    this.ensemble = ensemble;
  }

  static async start(
    count = 3,
    {
      mode = 'write',
      token,
      changes = {},
      bounds = {},
    }: {
      readonly mode?: WindowMode;
      readonly token?: AdminToken;
      readonly changes?: Partial<Config>;
      readonly bounds?: Partial<Bounds>;
    } = {},
  ): Promise<ServedWindow> {
    const served = new ServedWindow(await TestEnsemble.start(count, changes, bounds));
    for (const member of served.ensemble.members) await served.open(member, mode, token);
    return served;
  }

  /** Of a member that was started anew, once more. */
  async open(of: TestMember, mode: WindowMode = 'write', token?: AdminToken): Promise<void> {
    await this.#https.get(of)?.close();
    const { member } = of;
    const bounds = boundsOf(member.config);
    const { log } = this;
    const view = memberView(member, eventLoopScheduler, NOTHING_COUNTED);
    const ensemble = ensembleView({
      ...{ member, view, bounds, log },
      clock: systemClock,
      scheduler: eventLoopScheduler,
      machine: { mostConnections: 40_000, heap: machineHeap, descriptors: countedDescriptors },
    });
    const http = await startHttp({
      member: { ...view, commands: REST.commands, streams: REST.streams, backups: REST.backups },
      config: { ...HTTP, window: mode },
      token,
      bounds: { connections: 200, connectionsPerAddress: 200 },
      programs: {
        bounds,
        hosts: new Set(),
        isServing: () => member.clients.serving,
        accept: (socket) => member.accept(socket),
      },
      window: { ensemble, bounds },
      log,
      fatal: (error) => log.error({ err: error }, 'fatal'),
    });
    if (http === undefined) throw new Error('HTTP is off');
    this.#https.set(of, http);
  }

  url(member: TestMember): string {
    return `http://127.0.0.1:${this.#https.get(member)?.port}/window`;
  }

  /** @param path behind /window */
  async ask<T = Refused>(member: TestMember, path: string, init: RequestInit = {}): Promise<WindowAnswer<T>> {
    const response = await fetch(this.url(member) + path, init);
    const text = await response.text();
    return { status: response.status, json: (text === '' ? undefined : JSON.parse(text)) as T };
  }

  post<T = Refused>(member: TestMember, path: string, body: object): Promise<WindowAnswer<T>> {
    return this.ask(member, path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async stop(): Promise<void> {
    for (const http of this.#https.values()) await http.close();
    await this.ensemble.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
