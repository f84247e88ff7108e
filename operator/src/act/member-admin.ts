import type { Scheduler } from '@rookery/kube';
import { atHttpPort } from '../model/cluster-names.ts';
import type { MembershipChange } from '../model/membership.ts';

/** A member gives a change up after ten seconds. */
export const CHANGE_TIMEOUT_MS = 15_000;

/** What a member is asked to do. */
export type MemberCommand =
  | { readonly kind: 'changeMembership'; readonly change: MembershipChange; readonly expectedIndex: number }
  | { readonly kind: 'handOver'; readonly to: number }
  | { readonly kind: 'raiseFeatureLevel'; readonly level: number }
  | { readonly kind: 'logCheckpoint' }
  | { readonly kind: 'forceNewCluster'; readonly serverId: number; readonly lastIndex: number };

/** Rejects with MemberRefused where it was not done, or where nobody knows: what is, the next look tells. */
export type TellMember = (
  address: string,
  token: string,
  command: MemberCommand,
  signal: AbortSignal,
) => Promise<void>;

export class MemberRefused extends Error {
  override readonly name: string = 'MemberRefused';
}

/** @param portOf as memberClient's */
export function memberAdmin(scheduler: Scheduler, portOf: (ip: string) => string = atHttpPort): TellMember {
  return async (ip, token, command, signal) => {
    const { method, path, body } = requestOf(command);
    const timeout = new AbortController();
    const cancelTimer = scheduler.after(CHANGE_TIMEOUT_MS, () => timeout.abort());
    try {
      const response = await fetch(`http://${portOf(ip)}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.any([signal, timeout.signal]),
      });
      const text = await response.text();
      if (!response.ok) throw new MemberRefused(`${method} ${path}: ${response.status} ${text}`);
    } catch (error) {
      if (error instanceof MemberRefused) throw error;
      throw new MemberRefused(`${method} ${path} was not answered`, { cause: error });
    } finally {
      cancelTimer();
    }
  };
}

function requestOf(command: MemberCommand): {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
} {
  if (command.kind === 'handOver')
    return { method: 'POST', path: '/admin/leadership', body: { to: command.to } };
  if (command.kind === 'raiseFeatureLevel')
    return { method: 'POST', path: '/admin/feature-level', body: { level: command.level } };
  if (command.kind === 'logCheckpoint') return { method: 'POST', path: '/admin/checkpoints' };
  if (command.kind === 'forceNewCluster') {
    const { serverId, lastIndex } = command;
    return { method: 'POST', path: '/admin/force-new-cluster', body: { serverId, lastIndex } };
  }
  const { change, expectedIndex } = command;
  const query = `?expectedIndex=${expectedIndex}`;
  switch (change.kind) {
    case 'add':
      return { method: 'POST', path: `/admin/members${query}`, body: change.member };
    case 'promote':
      return { method: 'POST', path: `/admin/members/${change.raftId}/promote${query}` };
    case 'remove':
      return { method: 'DELETE', path: `/admin/members/${change.raftId}${query}` };
    default:
      return change satisfies never;
  }
}
