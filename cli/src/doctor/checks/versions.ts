import { countText } from '../../quantities.ts';
import type { Examined } from '../examined.ts';
import { type Finding, finding } from '../finding.ts';

/** Members that run different builds: fine while they are rolled, not for long. */
export function versions({ status }: Examined): Finding[] {
  const byVersion = new Map<string, (number | undefined)[]>();
  for (const { version, serverId } of status.members)
    if (version !== undefined) byVersion.set(version, [...(byVersion.get(version) ?? []), serverId]);
  if (byVersion.size < 2) return [];
  const told = [...byVersion].map(
    ([version, ids]) => `${version} (${ids.map((id) => id ?? '?').join(', ')})`,
  );
  return [
    finding(
      'versions',
      'wrong',
      [],
      `The members run different versions: ${told.join(', ')}.`,
      'Bring the update to its end: members of one version for all but the time that it takes.',
    ),
  ];
}

/** What all of them could do, and do not. */
export function featureLevel({ status }: Examined): Finding[] {
  const { featureLevel: level, members } = status;
  const highest = members.map(({ highestFeatureLevel }) => highestFeatureLevel);
  const known = highest.filter((each) => each !== undefined);
  if (level === undefined || level === 0 || known.length < members.length || known.length === 0) return [];
  const common = Math.min(...known);
  if (common <= level) return [];
  return [
    finding(
      'feature-level',
      'advice',
      [],
      `Feature level ${level} is in force, and all members run ${common}.`,
      `Raise it once nobody means to go back to the version before: POST /admin/feature-level {"level": ${level + 1}} at the leader.`,
    ),
  ];
}

/** A member that proves a version, and came to another state than the others by the same log. */
export function provenDifference({ reports }: Examined): Finding[] {
  return reports.flatMap(({ serverId, differsAt }) =>
    differsAt === undefined
      ? []
      : [
          finding(
            'version-differs',
            'wrong',
            [serverId],
            `Member ${serverId} proves a version, and its state is not that of the others from index ${countText(differsAt)} of the log on.`,
            'Do not bring its version to the others; keep its data, and see docs/operations.md.',
          ),
        ],
  );
}
