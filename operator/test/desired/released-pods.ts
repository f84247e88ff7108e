import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CoordinationClusterSpecInput } from '@rookery/crds';
import { parse, stringify } from 'yaml';
import { mergePatch } from '../../../kube/test/merge-patch.ts';
import { planOf } from '../../src/desired/plan.ts';
import type { StatefulSet } from '../../src/model/observed.ts';
import { NOTHING_FOUND } from '../decide/observed-world.ts';
import { tlsOf } from '../decide/tls-world.ts';
import { clusterOf, context } from './clusters.ts';
import { options } from './options.ts';

const folder = join(import.meta.dirname, 'released');
const CLUSTER_ID = '0123456789abcdef0123456789abcdef';

type Spec = Partial<CoordinationClusterSpecInput>;

/** A cluster that runs, and the StatefulSet that an operator has made for it. */
export interface ReleasedPods {
  readonly name: string;
  readonly spec: Spec;
  readonly statefulSet: StatefulSet;
}

/** Those that are kept of each release: with defaults, and with all other options of that time at once. */
export function currentPods(): readonly ReleasedPods[] {
  const everything = options.reduce<Spec>((all, { spec }) => mergePatch(all, spec) as Spec, {});
  const specs: Readonly<Record<string, Spec>> = {
    'one member': { replicas: 1 },
    'three members': { replicas: 3 },
    'five members': { replicas: 5 },
    'every option': { ...everything, replicas: 3, hibernated: false },
  };
  return Object.entries(specs).map(([name, spec]) => ({ name, spec, statefulSet: wantedFor(spec) }));
}

/** What this operator wants of a cluster for which `found` was made. */
export function wantedFor(spec: Spec, found?: StatefulSet): StatefulSet {
  const cluster = clusterOf(spec, { clusterId: CLUSTER_ID });
  const tls = tlsOf({ authority: { kind: 'missing' }, certificates: { kind: 'missing' } });
  const { objects } = planOf({ ...NOTHING_FOUND, cluster, statefulSet: found, tls }, context);
  return objects.find(({ kind }) => kind === 'StatefulSet') as StatefulSet;
}

/** Versions that were released. */
export function releases(): readonly string[] {
  return readdirSync(folder).map((file) => file.replace(/\.yaml$/, ''));
}

export function podsOfRelease(version: string): readonly ReleasedPods[] {
  return parse(readFileSync(fileOf(version), 'utf8')) as readonly ReleasedPods[];
}

/** @throws Error where that release has them already: nobody can change what was released */
export function keepPodsOfRelease(version: string): void {
  const text = stringify(currentPods(), { lineWidth: 0, aliasDuplicateObjects: false });
  writeFileSync(fileOf(version), text, { flag: 'wx' });
}

function fileOf(version: string): string {
  return join(folder, `${version}.yaml`);
}
