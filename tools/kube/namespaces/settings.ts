/** Files that a machine's programs read: settings, kubeconfigs, certificates. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Certificate, kubeconfig, sign } from './certificates.ts';
import { FOLDER_INSIDE, type Machine } from './machine.ts';
import { apiServer } from './topology.ts';

/** Writes a file into the machine's folder etc and returns its path as the machine sees it. */
export function writeSetting(machine: Machine, name: string, text: string): string {
  const file = join(machine.folder, 'etc', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
  return `${FOLDER_INSIDE}/etc/${name}`;
}

/** A kubeconfig for one of the cluster's own programs; returns its path inside. */
export async function writeKubeconfig(
  machine: Machine,
  user: string,
  organization?: string,
): Promise<string> {
  const subject = organization === undefined ? { name: user } : { name: user, organization };
  const file = user.replaceAll(':', '-');
  const certificate = await sign(`${machine.name}-${file}`, subject);
  return writeSetting(machine, `${file}.kubeconfig`, kubeconfig(apiServer, user, certificate));
}

/** Copies a certificate and its key to where the machine sees them. */
export function copyInside(
  machine: Machine,
  name: string,
  { certificateFile, keyFile }: Certificate,
): Certificate {
  return {
    certificateFile: writeSetting(machine, `${name}.crt`, readFileSync(certificateFile, 'utf8')),
    keyFile: writeSetting(machine, `${name}.key`, readFileSync(keyFile, 'utf8')),
  };
}
