import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { tools } from '../../tools/kube/tools.ts';

export const charts = resolve(import.meta.dirname, '..');

/** HELM, or the helm that the end-to-end tests have fetched. Throws where there is neither. */
export function findHelm(): string {
  const given = process.env.HELM;
  if (given) return given;
  if (existsSync(tools.helm)) return tools.helm;
  throw new Error(
    'the charts are tested by helm, which is not here yet: make kube-up fetches it once, or name yours with HELM=/path/to/helm',
  );
}

export interface HelmAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs helm to its end; no cluster is asked. */
export function helm(...args: readonly string[]): HelmAnswer {
  const { status, stdout, stderr, error } = spawnSync(findHelm(), args, {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  if (error !== undefined) throw new Error(`helm cannot be run: ${error.message}`, { cause: error });
  return { exitCode: status ?? 1, stdout, stderr };
}

export interface Rendering {
  readonly chart: 'rookery' | 'coordination-cluster';
  readonly release: string;
  readonly namespace: string;
  /** As YAML or JSON that `--set-json` reads: field → value. */
  readonly values?: Readonly<Record<string, unknown>>;
}

export function render({ chart, release, namespace, values = {} }: Rendering): HelmAnswer {
  return helm(
    'template',
    release,
    join(charts, chart),
    '--namespace',
    namespace,
    ...Object.entries(values).flatMap(([path, value]) => ['--set-json', `${path}=${JSON.stringify(value)}`]),
  );
}

/** What a rendering that must succeed prints. */
export function manifest(rendering: Rendering): string {
  const { exitCode, stdout, stderr } = render(rendering);
  if (exitCode !== 0) throw new Error(`helm template ${rendering.chart} failed:\n${stderr}`);
  return stdout;
}

export interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Throws where a document is no YAML, or has a key twice. */
export function objectsOf(text: string): readonly RenderedObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0]!;
    const object: unknown = document.toJS();
    return object === null ? [] : [object as RenderedObject];
  });
}
