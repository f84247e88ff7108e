import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Endpoint, HOST } from '../../testkit/src/endpoint.ts';
import { onFrames } from '../../testkit/src/wire/frames.ts';
import { PING_XID } from '../../testkit/src/wire/requests.ts';
import { opNamed, readConnect, readRequest } from '../compatibility/recorded/read-request.ts';
import type { RecordedRequest, RecordedStep, Recording } from '../compatibility/recorded/recording.ts';
import { shapeOf } from '../compatibility/recorded/shape.ts';

/** Of one program: more kinds are no kinds. */
const MOST_STEPS = 400;

/** Stands between a program and its members, one door for each, and keeps each kind of what it says once. */
export class Recorder {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #shapes = new Set<string>();
  readonly #steps: RecordedStep[] = [];
  readonly #unknown = new Map<number, number>();
  #requests = 0;

  /** Resolves with where to connect instead. */
  static async before(members: readonly Endpoint[]): Promise<{ recorder: Recorder; endpoints: Endpoint[] }> {
    const recorder = new Recorder();
    return { recorder, endpoints: await Promise.all(members.map((member) => recorder.#open(member))) };
  }

  recording(program: string): Recording {
    const unknown = Object.fromEntries([...this.#unknown].sort(([a], [b]) => a - b));
    return { program, requests: this.#requests, unknown, steps: this.#steps };
  }

  stop(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(member: Endpoint): Promise<Endpoint> {
    const server = createServer((client) => this.#serve(client, member));
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, HOST, () => {
        const address = server.address();
        if (address === null || typeof address === 'string') throw new Error('the recorder does not listen');
        resolve({ host: HOST, port: address.port });
      });
    });
  }

  #serve(client: Socket, member: Endpoint): void {
    const upstream = connect(member.port, member.host);
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true).on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.end());
    const pending = new Map<number, RecordedRequest>();
    let isFirst = true;
    onFrames(client, (frame) => {
      if (isFirst) this.#add({ connect: readConnect(frame) });
      else this.#asked(frame, pending);
      isFirst = false;
      upstream.write(frame);
    });
    let isGreeting = true;
    onFrames(upstream, (frame) => {
      if (!isGreeting) this.#answered(frame, pending);
      isGreeting = false;
      client.write(frame);
    });
  }

  #asked(frame: Buffer, pending: Map<number, RecordedRequest>): void {
    const xid = frame.readInt32BE(4);
    if (xid === PING_XID) return;
    this.#requests++;
    const code = frame.readInt32BE(8);
    const op = opNamed(code);
    if (op === undefined) this.#unknown.set(code, (this.#unknown.get(code) ?? 0) + 1);
    else pending.set(xid, readRequest(op, frame));
  }

  #answered(frame: Buffer, pending: Map<number, RecordedRequest>): void {
    const xid = frame.readInt32BE(4);
    const request = pending.get(xid);
    if (request === undefined) return;
    pending.delete(xid);
    this.#add({ request, error: frame.readInt32BE(16) });
  }

  #add(step: RecordedStep): void {
    const shape = shapeOf(step);
    if (this.#shapes.has(shape) || this.#steps.length >= MOST_STEPS) return;
    this.#shapes.add(shape);
    this.#steps.push(step);
  }
}
