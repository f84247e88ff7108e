import { type ContainerStatus, conditionOf, type Pod } from './pod.ts';

/** Of a message, for a condition: the first thing that is wrong stands at its beginning. */
const MAX_CHARACTERS = 300;
/** On the way up, not in trouble. */
const PASSING: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);
/** They take turns while an image cannot be pulled. */
const IMAGE_PULL: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff']);
const BACK_OFF = /^Back-off pulling image "[^"]*"(: ErrImagePull)?(: )?/;

/**
 * PURE. Why no member runs in the pod, in the scheduler's or the kubelet's own words, `REASON: MESSAGE`; empty where nothing holds it up.
 * Without what changes with each look: it goes into a condition, and a status that changes is written each time.
 */
export function podTrouble(pod: Pod): string {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False')
    return said(scheduled.reason ?? 'Unschedulable', scheduled.message ?? '');
  for (const status of pod.status?.containerStatuses ?? []) {
    const { reason = '', message = '' } = status.state?.waiting ?? {};
    if (reason === '' || PASSING.has(reason)) continue;
    // How long it waits grows from one time to the next; why it ended does not.
    if (reason === 'CrashLoopBackOff') return said(reason, lastEnd(status));
    if (IMAGE_PULL.has(reason)) return said('ImagePullBackOff', message.replace(BACK_OFF, ''));
    return said(reason, message);
  }
  return '';
}

/** Fit to stand within a sentence: one line, bounded, without a full stop of its own. */
export function oneLine(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  const short = line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS - 1)}…` : line;
  return short.replace(/\.$/, '');
}

function said(reason: string, message: string): string {
  const line = oneLine(message);
  return line === '' ? reason : `${reason}: ${line}`;
}

/** A member's last words are the last line of its log, or one line where it could not even begin to log. */
function lastEnd({ lastState }: ContainerStatus): string {
  const { exitCode, message = '' } = lastState?.terminated ?? {};
  const last = message.trimEnd().split('\n').at(-1) ?? '';
  const words = loggedMessage(last) ?? last;
  const exit = exitCode === undefined ? '' : `exit ${exitCode}`;
  return [exit, words].filter((part) => part !== '').join(', ');
}

function loggedMessage(line: string): string | undefined {
  try {
    const { msg } = JSON.parse(line) as { readonly msg?: unknown };
    return typeof msg === 'string' ? msg : undefined;
  } catch {
    return undefined;
  }
}
