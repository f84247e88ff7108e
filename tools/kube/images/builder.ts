/** Docker, Podman or Buildah: whichever is there, all doing the same. */
import { rmSync } from 'node:fs';
import { run, succeeds } from '../commands.ts';

export interface Build {
  readonly reference: string;
  readonly dockerfile: string;
  /** The folder that the Dockerfile copies from. */
  readonly context: string;
  /** For the Dockerfile's BASE; its own default without it. */
  readonly base?: string;
}

export interface Builder {
  readonly name: string;
  /** The image of that name from before, if there is one, is removed. */
  build(build: Build): Promise<void>;
  has(reference: string): Promise<boolean>;
  /** Writes an image as `docker save` does, in place of what is there. */
  save(reference: string, archive: string): Promise<void>;
  /** Whether the image is here, or could be fetched. */
  pull(reference: string): Promise<boolean>;
}

/** A base image is fetched within this time, or it is not to be had. */
const PULL_TIMEOUT_SECONDS = 120;

function engine(name: 'docker' | 'podman' | 'buildah'): Builder {
  const isBuildah = name === 'buildah';

  /** undefined where there is no such image. */
  async function idOf(reference: string): Promise<string | undefined> {
    const format = isBuildah ? '{{.FromImageID}}' : '{{.Id}}';
    try {
      return (await run([name, 'inspect', '--type', 'image', '--format', format, reference])).trim();
    } catch {
      return undefined;
    }
  }

  return {
    name,
    has: async (reference) => (await idOf(reference)) !== undefined,
    build: async ({ reference, dockerfile, context, base }) => {
      const argument = base === undefined ? [] : ['--build-arg', `BASE=${base}`];
      // Nothing is run in these builds; chroot is the isolation that works everywhere.
      const isolation = isBuildah ? ['--isolation', 'chroot'] : [];
      const before = await idOf(reference);
      await run([name, 'build', ...isolation, ...argument, '-t', reference, '-f', dockerfile, context]);
      // A container may still be using it; then it stays.
      if (before !== undefined && before !== (await idOf(reference))) await succeeds([name, 'rmi', before]);
    },
    save: async (reference, archive) => {
      // Podman and Buildah do not write over an archive.
      rmSync(archive, { force: true });
      await run(
        isBuildah
          ? [name, 'push', reference, `docker-archive:${archive}:${reference}`]
          : [name, 'save', '-o', archive, reference],
      );
    },
    pull: (reference) => succeeds(['timeout', `${PULL_TIMEOUT_SECONDS}`, name, 'pull', reference]),
  };
}

export async function findBuilder(): Promise<Builder> {
  if (await succeeds(['docker', 'info'])) return engine('docker');
  if (await succeeds(['podman', 'info'])) return engine('podman');
  if (await succeeds(['buildah', 'version'])) return engine('buildah');
  throw new Error(
    'images are built by Docker, Podman or Buildah, and none of them is here; on Debian: apt-get install buildah',
  );
}
