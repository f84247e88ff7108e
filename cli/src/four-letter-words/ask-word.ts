import { connect as connectPlain } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { hostAndPort } from '../members-http/http-address.ts';
import { HttpFailure } from '../members-http/http-failure.ts';

/** No word that is asked here answers more. */
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface WordPort {
  readonly host: string;
  /** Of clients. */
  readonly port: number;
  /** What is shown and trusted where clients speak TLS. */
  readonly tls: ConnectionOptions | undefined;
}

/** What a member answers to a four-letter word at the port of clients. Rejects with HttpFailure where it does not within `timeoutMs`. */
export function askWord({ host, port, tls }: WordPort, word: string, timeoutMs: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let answer = '';
  const socket = tls === undefined ? connectPlain({ host, port }) : connectTls({ host, port, ...tls });
  const fail = (why: string, isLate = false): void => {
    reject(new HttpFailure(hostAndPort(host, port), why, isLate));
    socket.destroy();
  };
  const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`, true), timeoutMs);
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => socket.write(word));
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
    if (answer.length > MAX_ANSWER_BYTES) fail('its answer has no end');
  });
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => {
    clearTimeout(timer);
    if (answer === '') fail('it closed the connection without a word');
    else resolve(answer);
  });
  return promise;
}
