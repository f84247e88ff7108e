import { connect } from 'node:net';
import type { Endpoint } from '../endpoint.ts';

/** The answer to a four-letter word; undefined when the member does not answer in time. */
export function fourLetterWord(
  endpoint: Endpoint,
  word: string,
  timeoutMs = 2_000,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(endpoint.port, endpoint.host, () => socket.write(word));
    const deadline = setTimeout(() => {
      resolve(undefined);
      socket.destroy();
    }, timeoutMs);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(deadline);
      resolve(answer === '' ? undefined : answer);
    });
  });
}

/** `leader`, `follower`, `observer` or `standalone`; undefined while the member serves nobody. */
export async function memberMode(endpoint: Endpoint, timeoutMs?: number): Promise<string | undefined> {
  const answer = await fourLetterWord(endpoint, 'srvr', timeoutMs);
  return answer === undefined ? undefined : /^Mode: (\w+)$/m.exec(answer)?.[1];
}
