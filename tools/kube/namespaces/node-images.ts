/** The images that a node has: there is no registry to pull from, so each is loaded into every node's containerd. */

import { createHash } from 'node:crypto';
import { copyFileSync, createReadStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../commands.ts';
import { enter, type Machine } from './machine.ts';
import { CONTAINERD_SOCKET, PAUSE_IMAGE } from './node-settings.ts';

/** containerd's own command, on the images that kubelet sees. */
export function ctr(machine: Machine, ...args: readonly string[]): string[] {
  return [...enter(machine), 'ctr', '--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io', ...args];
}

/** Loads an archive as `docker save` writes it. */
export async function loadImage(machine: Machine, archive: string): Promise<void> {
  await run(ctr(machine, 'images', 'import', '-'), { input: createReadStream(archive) });
}

/** An image of one static program, as an archive in `folder`; returns the archive's path. */
export async function archivePauseImage(program: string, folder: string): Promise<string> {
  mkdirSync(join(folder, 'layer'), { recursive: true });
  copyFileSync(program, join(folder, 'layer', 'pause'));
  await run(['tar', '-cf', 'layer.tar', '-C', 'layer', 'pause'], { cwd: folder });
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, 'layer.tar')))
    .digest('hex');
  const config = {
    architecture: { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch,
    os: 'linux',
    config: { Entrypoint: ['/pause'], User: '65535:65535' },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const manifest = [{ Config: 'config.json', RepoTags: [PAUSE_IMAGE], Layers: ['layer.tar'] }];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const archive = join(folder, 'pause.tar');
  await run(['tar', '-cf', archive, 'manifest.json', 'config.json', 'layer.tar'], { cwd: folder });
  return archive;
}
