import { mkdirSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { reservePorts } from '../../../testkit/src/systems/ports.ts';
import { buildS3Server } from '../builds/s3-server.ts';
import { Program } from '../program.ts';
import type { Context } from '../scenario.ts';

const START_TIMEOUT_MS = 30_000;
const BUCKET = 'backups';
const [ID, SECRET] = ['rookery', 'a-secret-of-this-run'];

/** A real server of S3 on loopback, behind a wire that can be cut and slowed. */
export class S3Server {
  /** Bytes from the server after which the next connections are cut; undefined: none. */
  cutAfterBytes: number | undefined;
  /** Likewise of those to the server. */
  cutSentAfterBytes: number | undefined;
  /** Before each piece from the server is handed on. */
  delayMs = 0;
  readonly #program: Program;
  readonly #wire: Server;
  readonly #port: number;

  /** Made by `start` alone. */
  constructor(program: Program, wirePort: number, serverPort: number) {
    this.#program = program;
    this.#port = wirePort;
    this.#wire = createServer((client) => this.#between(client, connect(serverPort, '127.0.0.1')));
  }

  static async start(context: Context): Promise<S3Server> {
    const [wirePort = 0, serverPort = 0] = await reservePorts(2);
    const root = join(context.folder, 's3');
    mkdirSync(join(root, BUCKET), { recursive: true });
    const args = ['--port', `127.0.0.1:${serverPort}`, 'posix', root];
    const environment = { ROOT_ACCESS_KEY: ID, ROOT_SECRET_KEY: SECRET };
    const program = new Program(
      buildS3Server((line) => context.note(line)),
      args,
      environment,
    );
    const server = new S3Server(program, wirePort, serverPort);
    await new Promise<void>((resolve) => server.#wire.listen(wirePort, '127.0.0.1', resolve));
    await answers(serverPort);
    return server;
  }

  get archive(): string {
    return `s3://${BUCKET}/demo/archive`;
  }

  get flags(): readonly string[] {
    return ['--s3-endpoint', `http://127.0.0.1:${this.#port}`, '--s3-path-style'];
  }

  get credentials(): Readonly<Record<string, string>> {
    return { AWS_ACCESS_KEY_ID: ID, AWS_SECRET_ACCESS_KEY: SECRET };
  }

  stop(): void {
    this.#wire.close();
    this.#program.kill();
  }

  #between(client: Socket, server: Socket): void {
    const cut = (): void => {
      client.destroy();
      server.destroy();
    };
    client.on('error', cut).on('close', cut);
    server.on('error', cut);
    let [received, sent] = [0, 0];
    client.on('data', (piece: Buffer) => {
      sent += piece.length;
      if (sent > (this.cutSentAfterBytes ?? Number.POSITIVE_INFINITY)) cut();
      else if (!server.write(piece)) client.pause();
    });
    server.on('drain', () => client.resume());
    // One after the other, each held back for a while; the end comes behind all of them.
    let handed = Promise.resolve();
    server.on('data', (piece: Buffer) => {
      received += piece.length;
      if (received > (this.cutAfterBytes ?? Number.POSITIVE_INFINITY)) {
        cut();
        return;
      }
      server.pause();
      handed = handed
        .then(() => new Promise((resolve) => setTimeout(resolve, this.delayMs)))
        .then(() => new Promise<void>((resolve) => void client.write(piece, () => resolve())))
        .then(() => void server.resume());
    });
    server.on('end', () => void handed.then(() => client.end()));
  }
}

/** Resolves once it takes connections. */
async function answers(port: number): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const isThere = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    if (performance.now() > deadlineMs) throw new Error(`no server of S3 in ${START_TIMEOUT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
