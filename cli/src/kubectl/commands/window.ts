import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-codes.ts';
import { Absent, Unreachable, UsageError } from '../../failures.ts';
import { adminSecretOf, adminToken, tokenArgs } from '../admin-token.ts';
import type { ClusterMember, ClusterStatus } from '../cluster/cluster-status.ts';
import { type FoundCluster, findCluster } from '../cluster/find-clusters.ts';
import type { Kubectl } from '../kubectl.ts';
import { memberOf } from './promote.ts';

export interface WindowOptions {
  readonly member?: string;
  /** Of this machine; undefined: kubectl takes one that is free. */
  readonly port?: number;
  readonly showToken?: boolean;
}

/** As the operator has every member listen. */
const HTTP_PORT = 8080;
const LOOPBACK = '127.0.0.1';
const MAX_LINE_BYTES = 4096;
const FORWARDING = /^Forwarding from 127\.0\.0\.1:(\d+) -> \d+$/;

/** What there is to see and to do, by what `spec.config.window` says. */
const shows: Readonly<Record<string, string>> = {
  ensemble: 'it shows the members alone',
  read: 'it shows the members, the sessions and the tree',
  write: 'it shows and changes the members, the sessions and the tree',
};
/** Of members that HTTP reaches from other machines, where nobody says. */
const DEFAULT_MODE = 'read';

/** Has kubectl forward a port of this machine, by loopback alone, to the page of a member, until Ctrl-C. */
export async function window(
  context: Context,
  kubectl: Kubectl,
  cluster: string,
  options: WindowOptions,
): Promise<ExitCode> {
  if (options.showToken === true && (context.json || !context.isTerminal))
    throw new UsageError('--show-token shows it on a terminal alone, and nothing else reads it there');
  const found = await findCluster(kubectl, cluster);
  const member = memberToAsk(found.status, options.member);
  const token = options.showToken === true ? await adminToken(found.kubectl, cluster) : undefined;
  const ports = `${options.port ?? ''}:${HTTP_PORT}`;
  const args = ['port-forward', `pod/${member.pod}`, ports, `--address=${LOOPBACK}`];
  let isOpen = false;
  try {
    for await (const line of found.kubectl.lines(args, MAX_LINE_BYTES)) {
      const port = FORWARDING.exec(line)?.[1];
      if (port === undefined || isOpen) continue;
      isOpen = true;
      await tell(context, found, member, `http://${LOOPBACK}:${port}/`, token);
      await context.out.flush();
    }
  } catch (error) {
    if (!isOpen) throw error;
    // Ctrl-C is the proper end of what goes on for ever.
    if (context.signal.aborted) return ExitCode.ok;
    throw new Unreachable(
      `${(error as Error).message}: the window by ${member.pod} is closed; run it again, and a member that is there is asked`,
    );
  }
  throw new Unreachable(`kubectl port-forward to ${member.pod} has ended by itself; run it again`);
}

/** The one that is named; else one that is ready, or at least runs: without a quorum none is ready, and all have a window. Throws Absent. */
function memberToAsk(
  { name, members, isHibernated }: ClusterStatus,
  text: string | undefined,
): ClusterMember {
  if (text !== undefined) return memberOf({ name, members, isHibernated }, text);
  const member =
    members.find(({ ready, podState }) => ready && podState !== 'absent') ??
    members.find(({ podState }) => podState === 'Running');
  if (member !== undefined) return member;
  throw new Absent(
    isHibernated
      ? `${name} is hibernated: no member runs`
      : `no member of ${name} runs; name one by --member, or see: kubectl rookery status ${name}`,
  );
}

async function tell(
  context: Context,
  { kubectl, object, status: { name, namespace } }: FoundCluster,
  { serverId, pod, version }: ClusterMember,
  url: string,
  token: string | undefined,
): Promise<void> {
  const mode = object.fields('spec').fields('config').text('window') ?? DEFAULT_MODE;
  if (context.json) {
    await context.jsonLine({
      url,
      cluster: name,
      namespace,
      member: serverId,
      pod,
      mode,
      tokenSecret: adminSecretOf(name),
    });
    return;
  }
  if (/^0\.[0-2]\./.test(version ?? ''))
    context.note(`${pod} is of ${version}, whose page shows that member alone: the window came with 0.3.0`);
  await context.out.line(
    `${url} is the window of ${namespace}/${name}, by member ${serverId} (${pod}), until Ctrl-C`,
  );
  await context.out.line(
    `spec.config.window is ${mode}: ${shows[mode] ?? 'its members know what that means'}`,
  );
  await context.out.line(
    token === undefined
      ? `for the token that it asks for: ${kubectl.typed(tokenArgs(name))}`
      : `the token that it asks for: ${token}`,
  );
}
