import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-codes.ts';
import type { ClusterState, ClusterStatus } from '../cluster/cluster-status.ts';
import { clusterLines, clusterListLines } from '../cluster/cluster-text.ts';
import { findCluster, listClusters } from '../cluster/find-clusters.ts';
import type { Kubectl } from '../kubectl.ts';

export interface StatusOptions {
  readonly allNamespaces?: boolean;
}

const exitCodes: Readonly<Record<ClusterState, ExitCode>> = {
  well: ExitCode.ok,
  asleep: ExitCode.ok,
  degraded: ExitCode.no,
  'no-quorum': ExitCode.unreachable,
};

/** How a cluster is, on one screen, or all of them, one on each line. The exit code is that of the worst. */
export async function status(
  context: Context,
  kubectl: Kubectl,
  cluster: string | undefined,
  { allNamespaces = false }: StatusOptions,
): Promise<ExitCode> {
  if (cluster !== undefined) {
    const found = await findCluster(kubectl, cluster);
    if (context.json) await context.jsonLine(jsonOf(found.status));
    else
      for (const line of clusterLines(found.status, context.colours, context.nowMs()))
        await context.out.line(line);
    if (found.podsUnread !== undefined)
      context.note(`what is said of pods is missing: ${found.podsUnread.message}`);
    return exitCodes[found.status.state];
  }
  const clusters = await listClusters(kubectl, allNamespaces);
  if (context.json) for (const each of clusters) await context.jsonLine(jsonOf(each));
  else for (const line of clusterListLines(clusters, context.colours)) await context.out.line(line);
  return Math.max(...clusters.map(({ state }) => exitCodes[state])) as ExitCode;
}

/** What is not known is null. */
function jsonOf({ quorum, version, members, endpoints, ...rest }: ClusterStatus): unknown {
  const { name, namespace, state, phase, featureLevel, leader, operation, waitsFor, conditions } = rest;
  const { voters, up, needed, margin } = quorum;
  return {
    name,
    namespace,
    state,
    phase,
    quorum: { voters, up, needed, margin },
    leader: leader ?? null,
    version: { wanted: version.wanted, running: version.running ?? null },
    featureLevel: featureLevel ?? null,
    operation: operation ?? null,
    waitsFor,
    endpoints: { client: endpoints.client ?? null, read: endpoints.read ?? null },
    members: members.map((member) => ({
      id: member.serverId,
      pod: member.pod,
      role: member.role,
      votes: member.votes,
      ready: member.ready,
      version: member.version ?? null,
      lagEntries: member.lagEntries ?? null,
      podState: member.podState,
      restarts: member.restarts ?? null,
      node: member.node ?? null,
    })),
    conditions,
  };
}
