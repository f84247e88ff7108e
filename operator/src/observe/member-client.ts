import type { Scheduler } from '@rookery/kube';
import { atHttpPort } from '../model/cluster-names.ts';
import type { MemberReport } from '../model/observed.ts';
import { readMemberAnswer } from './member-answer.ts';

/** Answered from memory: whoever takes longer is as good as gone. */
export const MEMBER_TIMEOUT_MS = 2_000;
/** Seven members with all their metrics are some 4 KiB. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** Asks a member how it is. Never rejects: a member that does not answer is what was observed. */
export type AskMember = (address: string, token: string, signal: AbortSignal) => Promise<MemberReport>;

/** @param portOf lets tests put members on ports of one machine; by default all listen on HTTP_PORT */
export function memberClient(scheduler: Scheduler, portOf: (ip: string) => string = atHttpPort): AskMember {
  return async (ip, token, signal) => {
    const timeout = new AbortController();
    const cancelTimer = scheduler.after(MEMBER_TIMEOUT_MS, () => timeout.abort());
    try {
      const response = await fetch(`http://${portOf(ip)}/admin/members`, {
        headers: { authorization: `Bearer ${token}` },
        // The token goes to the member itself and to nobody whom an answer names.
        redirect: 'error',
        signal: AbortSignal.any([signal, timeout.signal]),
      });
      const text = await boundedText(response);
      if (response.status === 401) return silent(OTHER_TOKEN);
      if (!response.ok) return silent(`it answers with HTTP status ${response.status}`);
      const answer = text === undefined ? undefined : readMemberAnswer(text);
      return answer === undefined ? silent('its answer is not that of a member') : { kind: 'answer', answer };
    } catch {
      return silent(
        timeout.signal.aborted
          ? `it has not answered within ${MEMBER_TIMEOUT_MS} ms`
          : 'it cannot be reached on its HTTP port',
      );
    } finally {
      cancelTimer();
    }
  };
}

const OTHER_TOKEN =
  "it has another admin token than the Secret holds; a changed one reaches a pod's volume within two minutes";

function silent(why: string): MemberReport {
  return { kind: 'silent', why };
}

/** undefined: it is longer than any answer of a member. */
async function boundedText(response: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
