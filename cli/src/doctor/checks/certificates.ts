import { timeText } from '../../output/node-text.ts';
import { durationText } from '../../quantities.ts';
import type { Examined } from '../examined.ts';
import { type Finding, finding } from '../finding.ts';

const SOON_MS = 14 * 24 * 3_600_000;

/** Certificates that have ended, or end soon. */
export function certificates({ status, nowMs }: Examined): Finding[] {
  return status.members.flatMap(({ serverId, certificates: shown }) =>
    shown.flatMap(({ listener, endsMs }) => {
      if (Number.isNaN(endsMs) || endsMs - nowMs > SOON_MS) return [];
      const when =
        endsMs <= nowMs
          ? `ended at ${timeText(endsMs)}`
          : `ends in ${durationText(endsMs - nowMs)}, at ${timeText(endsMs)}`;
      const what = `The certificate that member ${serverId} shows (${listener}) ${when}.`;
      const todo = 'Put another one in its file: members take it over within seconds, without a restart.';
      return [finding('certificate', 'wrong', [serverId], what, todo)];
    }),
  );
}
