import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files as the kubelet mounts a Secret: each name leads through the link `..data`, which is swapped for all of them at once. */
export class MountedFolder {
  readonly path: string;
  #version = 0;

  constructor(path: string) {
    this.path = path;
    mkdirSync(path, { recursive: true });
  }

  /** @param files their contents by their names */
  replace(files: Readonly<Record<string, string>>): void {
    const former = join(this.path, `..${this.#version}`);
    this.#version += 1;
    const folder = `..${this.#version}`;
    mkdirSync(join(this.path, folder));
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(this.path, folder, name), content, { mode: 0o600 });
    symlinkSync(folder, join(this.path, '..data_tmp'));
    renameSync(join(this.path, '..data_tmp'), join(this.path, '..data'));
    for (const name of Object.keys(files)) {
      if (!existsSync(join(this.path, name))) symlinkSync(join('..data', name), join(this.path, name));
    }
    rmSync(former, { recursive: true, force: true });
  }
}
