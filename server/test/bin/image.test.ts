import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const launcher = read('bin/rookery-server');
const dockerfile = read('Dockerfile');

/** The one group that a pattern finds. */
function find(text: string, pattern: RegExp): string {
  const found = text.match(pattern)?.[1];
  if (found === undefined) throw new Error(`${pattern} is not found`);
  return found;
}

const entrypoint = JSON.parse(find(dockerfile, /^ENTRYPOINT (\[.*\])$/m)) as string[];

describe("the server's image", () => {
  test('gives Node the flags that the launcher gives it', () => {
    const flags = find(launcher, /^node_flags='([^']+)'$/m).split(' ');
    expect(entrypoint.slice(1, -1)).toEqual(flags);
  });

  test('gives glibc the number of memory pools that the launcher gives it', () => {
    const pools = find(launcher, /MALLOC_ARENA_MAX="\$\{MALLOC_ARENA_MAX-(\d+)\}"/);
    expect(find(dockerfile, /^ENV MALLOC_ARENA_MAX=(\d+)$/m)).toBe(pools);
  });

  test('gives glibc the size from which on blocks go back to the system that the launcher gives it', () => {
    const bytes = find(launcher, /MALLOC_MMAP_THRESHOLD_="\$\{MALLOC_MMAP_THRESHOLD_-(\d+)\}"/);
    expect(find(dockerfile, /^ENV MALLOC_MMAP_THRESHOLD_=(\d+)$/m)).toBe(bytes);
  });

  test('has the bundle as deep as in the repository, so that it finds the page', () => {
    expect(entrypoint.at(-1)).toBe('/rookery/server/dist/bin/rookery-server.mjs');
    expect(dockerfile).toMatch(/^COPY dashboard \/rookery\/dashboard$/m);
  });

  test('has every file that a bundle is made of', () => {
    const files = readdirSync(new URL('../../dist/bin', import.meta.url)).filter((file) =>
      file.endsWith('.mjs'),
    );
    expect(files).toContain('credentials-worker.mjs');
    for (const file of files)
      expect(dockerfile).toMatch(
        new RegExp(`^COPY .*server/dist/bin/${file} .*/rookery/server/dist/bin/$`, 'm'),
      );
  });

  test('makes Node the first process, so that signals reach it', () => {
    expect(entrypoint[0]).toBe('/nodejs/bin/node');
  });
});

describe.each(['server', 'operator'])('the image of the %s', (program) => {
  const text = read(`../${program}/Dockerfile`);
  const instructions = text.split('\n').filter((line) => /^[A-Z]+ /.test(line));
  const of = (name: string): string[] => instructions.filter((line) => line.startsWith(`${name} `));

  test('is that of nobody: by number, which runAsNonRoot asks for, and the last word on it', () => {
    expect(of('USER')).toEqual(['USER 65532:65532']);
  });

  test('has nothing run or fetched while it is made: what it holds was built and looked at before', () => {
    expect([...of('RUN'), ...of('ADD')]).toEqual([]);
    const ignored = read('../.dockerignore').split('\n');
    expect(ignored).toContain('*');
    for (const line of of('COPY')) {
      const sources = line.split(' ').slice(1, -1);
      for (const source of sources.filter((path) => path.includes('/dist/')))
        expect(ignored, source).toContain(`!${source}`);
    }
  });

  test('has our licence, those of others, and the list of what it is made of', () => {
    const files = ['LICENSE', 'THIRD-PARTY-NOTICES', 'sbom.cdx.json'];
    const beside = files.map((file) => `${program}/dist/bin/${file}`);
    expect(of('COPY')).toContain(`COPY ${beside.join(' ')} /licenses/`);
  });

  test('needs no folder of its own to write to: nothing but the data volume is', () => {
    expect(of('VOLUME')).toEqual([]);
    expect(of('WORKDIR')).toEqual([]);
  });
});
