/** Kubernetes' own programs, built from their Go modules (tools/kube/go) and kept in the cache under the hash of what they are built from. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { run, succeeds } from '../commands.ts';
import { cacheFolder } from '../folders.ts';

const modules = join(import.meta.dirname, '..', 'go');

const sources = [
  'kubernetes/go.mod',
  'kubernetes/go.sum',
  'kubernetes/main.go',
  'kubernetes/pause/main.go',
  'coredns/go.mod',
  'coredns/go.sum',
  'coredns/main.go',
] as const;

/** The names by which the one program that is Kubernetes is started. */
const parts = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubelet',
] as const;

/** Returns the folder that holds the programs. The first time takes minutes: 7 on two cores that have nothing else to do. */
export async function buildBinaries(log: (line: string) => void): Promise<string> {
  const hash = createHash('sha256');
  for (const file of sources) hash.update(readFileSync(join(modules, file)));
  const folder = join(cacheFolder, hash.digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  if (!(await succeeds(['go', 'version']))) {
    throw new Error(
      'Kubernetes is built from Go modules here, and there is no Go: install it, or start Docker',
    );
  }
  const version = kubernetesVersion();
  log(`building Kubernetes ${version} and CoreDNS (once; some 9 minutes on two cores)`);
  mkdirSync(cacheFolder, { recursive: true });
  const scratch = mkdtempSync(join(cacheFolder, 'build-'));
  try {
    await build('kubernetes', '.', join(scratch, 'kubernetes'), versionFlags(version));
    await build('kubernetes', './pause', join(scratch, 'pause'));
    await build('coredns', '.', join(scratch, 'coredns'));
    for (const part of parts) symlinkSync('kubernetes', join(scratch, part));
    renameSync(scratch, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return folder;
}

async function build(module: string, source: string, target: string, linkerFlags = ''): Promise<void> {
  const command = ['go', 'build', '-trimpath', `-ldflags=-s -w ${linkerFlags}`, '-o', target, source];
  // Static, so that a program runs in an image that holds nothing else.
  await run(command, { cwd: join(modules, module), environment: { CGO_ENABLED: '0' } });
}

function kubernetesVersion(): string {
  const version = readFileSync(join(modules, 'kubernetes', 'go.mod'), 'utf8').match(
    /^\s*k8s\.io\/kubernetes (v\S+)$/m,
  );
  if (version === null) throw new Error('tools/kube/go/kubernetes/go.mod requires no k8s.io/kubernetes');
  return version[1]!;
}

/** Kubernetes' own build stamps these too: without them a node shows a template in the place of its version. */
function versionFlags(version: string): string {
  const [major, minor] = version.slice(1).split('.');
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
    .map((at) => `-X ${at}.gitVersion=${version} -X ${at}.gitMajor=${major} -X ${at}.gitMinor=${minor}`)
    .join(' ');
}
