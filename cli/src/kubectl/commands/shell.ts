import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-codes.ts';
import { Absent, Refusal } from '../../failures.ts';
import { findCluster } from '../cluster/find-clusters.ts';
import { CONTAINER } from '../cluster/member-names.ts';
import { withoutCommand } from '../in-member.ts';
import type { Kubectl } from '../kubectl.ts';
import { memberOf } from './promote.ts';

export interface ShellOptions {
  readonly member?: string;
  readonly image?: string;
}

/** What container runtimes end with where a program is not there. */
const NOT_FOUND_CODES: ReadonlySet<number> = new Set([126, 127]);

/**
 * `rookery shell` in the pod of a member, for the members' image has no shell; or, with an image that has one, a shell in a container beside the member for a
 * while, which sees its processes.
 */
export async function shell(
  context: Context,
  kubectl: Kubectl,
  cluster: string,
  { member: text, image }: ShellOptions,
): Promise<ExitCode> {
  const { status, kubectl: own } = await findCluster(kubectl, cluster);
  const member =
    text === undefined
      ? status.members.find(({ ready, podState }) => ready && podState !== 'absent')
      : memberOf(status, text);
  if (member === undefined)
    throw new Absent(
      `no member of ${cluster} is ready; name one by --member, or see: kubectl rookery status ${cluster}`,
    );
  const terminal = context.isTerminal ? ['--stdin', '--tty'] : ['--stdin'];
  const { pod } = member;
  const args =
    image === undefined
      ? ['exec', ...terminal, pod, `--container=${CONTAINER}`, '--', 'rookery', 'shell']
      : [
          'debug',
          ...terminal,
          pod,
          `--image=${image}`,
          `--target=${CONTAINER}`,
          '--profile=restricted',
          '--',
          'sh',
        ];
  const code = await own.attached(args);
  if (image === undefined && NOT_FOUND_CODES.has(code))
    throw new Refusal(`${withoutCommand(member)}; a shell beside it: --image IMAGE`);
  return code === 0 ? ExitCode.ok : ExitCode.no;
}
