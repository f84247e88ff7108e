import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wordsOf } from '../src/completing/candidates.ts';
import { plant, Shell } from './shell.ts';

const README = join(import.meta.dirname, '..', 'README.md');
/** What the examples write, and what they read. */
const FILES = ['app.json', 'values.yaml'];
const VALUES = 'replicaCount: 3\nheapSize: 1024\npersistence:\n  size: 20Gi\n';
let shell: Shell;
let folder: string;

/** What is typed in the blocks marked `console`, in their order, and what is printed then. */
function examples(): { readonly typed: string; readonly printed: string }[] {
  const blocks = [...readFileSync(README, 'utf8').matchAll(/^```console\n(.*?)^```$/gms)];
  return blocks.flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((example) => {
        const end = example.indexOf('\n');
        return { typed: example.slice(0, end), printed: example.slice(end + 1) };
      }),
  );
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-cli-'));
  writeFileSync(join(folder, 'values.yaml'), VALUES);
  shell = await Shell.open({ clock: 'held' });
  const { zk } = shell;
  await plant(zk, {
    '/app': '',
    '/app/config': '',
    '/app/config/colour': 'blue',
    '/app/queue': '',
    '/app/workers': '',
  });
  for (let i = 0; i < 6; i++) {
    const { path } = await zk.create('/app/queue/job-', '', { kind: 'persistent-sequential' });
    await zk.delete(path);
  }
  await zk.create('/app/workers/10.0.0.7:8080', 'zone=a', { kind: 'ephemeral' });
  await plant(zk, { '/locks': '', '/locks/report': '' });
  for (const [id, who] of [
    ['6f1e', 'worker-1'],
    ['02ab', 'worker-2'],
  ])
    await zk.create(`/locks/report/${id}__lock__`, who, { kind: 'ephemeral-sequential' });
});

afterAll(async () => {
  await shell[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Nobody knows how long the server's election takes. */
function timeless(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replaceAll(/\((\d+[dhms] ?)+\)/g, '(A WHILE)');
}

/** The line as a shell would run it, as far as the examples go. */
async function printedBy(typed: string): Promise<string> {
  const [, piped, line = ''] = /^(?:echo '([^']*)' \| )?rookery (.*)$/.exec(typed) ?? [];
  const argv = wordsOf(line).map((word) => (FILES.includes(word) ? join(folder, word) : word));
  const { out, err } = await shell.runWith({ stdin: piped === undefined ? '' : `${piped}\n` }, ...argv);
  return `${err}${out}`.replaceAll(`${folder}/`, '');
}

describe('the README', () => {
  test.each(examples())('prints what it says: $typed', async ({ typed, printed }) => {
    expect(timeless(await printedBy(typed))).toBe(timeless(printed));
  });

  test('has an example of each command but watch, which ends by Ctrl-C alone', () => {
    const typed = examples().map((example) => example.typed);
    const names =
      'ls tree get stat sync whoami find grep locks create set rm cp diff mirror export import'.split(' ');
    for (const name of [...names, 'acl get', 'acl set'])
      expect(
        typed.some((line) => line.includes(`rookery ${name}`)),
        name,
      ).toBe(true);
  });
});
