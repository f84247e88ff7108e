/** Programs of this machine, laid out for an image that holds nothing else. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../commands.ts';

/** Opened by glibc itself when names of users and hosts are looked up: no program names them. */
const NAME_LIBRARIES = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'] as const;

export function copyInto(root: string, file: string, as: string): void {
  const target = join(root, as);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(file), target);
  chmodSync(target, 0o755);
}

/** All libraries of these programs and libraries by their paths, the one that loads the others included. */
export async function librariesOf(programs: readonly string[]): Promise<readonly string[]> {
  const printed = await run(['ldd', ...programs]);
  const linked = [...printed.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)].map(([, path]) => path!);
  const beside = linked.find((path) => path.includes('/libc.so'));
  if (beside === undefined) {
    throw new Error(
      `${programs.join(', ')}: linked with no libc.so, so the libraries of the image are not known:\n${printed}`,
    );
  }
  const names = NAME_LIBRARIES.map((name) => join(dirname(beside), name));
  return [...new Set([...linked, ...names.filter(existsSync)])];
}

/** Debian's packages that these files come from, each once. */
export async function packagesOf(files: readonly string[]): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const file of files) {
    // A package may have put the file below /lib where that is /usr/lib today.
    const path = realpathSync(file);
    const printed = await run(['dpkg', '-S', path]).catch(() =>
      run(['dpkg', '-S', path.replace(/^\/usr/, '')]),
    );
    names.add(printed.split(':')[0]!);
  }
  return [...names].sort();
}
