import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@rookery/client';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { Program } from '../program.ts';
import { examplesOf, type ProgramExample } from '../readme-examples.ts';
import { bothSystems, type Scenario } from '../scenario.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
const HOSTS = '127.0.0.1:2181,127.0.0.1:2182,127.0.0.1:2183';
const STEP_TIMEOUT_MS = 60_000;

export const readmeTypeScript: Scenario = {
  name: 'readme-typescript',
  proves:
    'the TypeScript examples of README.md and of the client print what they say; the service follows its configuration and hands on',
  against: bothSystems,
  needs: [],
  run: async (context) => {
    const ensemble = await context.startEnsemble();
    const servers = connectString(ensemble.endpoints);
    await using zk = await connect(servers);
    await zk.create('/app');
    const [service, ...others] = examplesIn('README.md');
    const examples = [...others, ...examplesIn('client/README.md')];
    assert.ok(
      service !== undefined && examples.length >= 5,
      `only ${examples.length} examples in TypeScript`,
    );
    for (const example of examples) await prints(example, servers);
    await followsAndHandsOn(service, servers);
    return `${examples.length + 1} examples, ${[service, ...examples].reduce((sum, example) => sum + example.prints.length, 0)} lines printed`;
  },
};

function examplesIn(file: string): readonly ProgramExample[] {
  return examplesOf(readFileSync(join(repository, file), 'utf8')).typescript;
}

/** Beneath e2e/, where the packages of the repository are found as a user finds them. */
async function running<T>(text: string, servers: string, use: (program: Program) => Promise<T>): Promise<T> {
  const file = join(import.meta.dirname, `.example-${randomUUID()}.ts`);
  writeFileSync(file, text.replaceAll(HOSTS, servers));
  const program = new Program(process.execPath, [file]);
  try {
    return await use(program);
  } finally {
    program.kill();
    rmSync(file);
  }
}

async function prints({ title, text, prints: lines }: ProgramExample, servers: string): Promise<void> {
  assert.ok(lines.length > 0, `${title}: an example that prints nothing`);
  const output = await running(text, servers, (program) => program.success(STEP_TIMEOUT_MS));
  assert.deepEqual(output.trimEnd().split('\n'), lines, title);
}

/** The service twice: it takes up what is configured, and the second one leads once the first one is told to stop. */
async function followsAndHandsOn({ text, prints: lines }: ProgramExample, servers: string): Promise<void> {
  await running(text, servers, async (first) => {
    for (const line of lines) await first.line(line, STEP_TIMEOUT_MS);
    await using zk = await connect(servers);
    await zk.create('/app/settings', '{"everyMs":20}');
    await first.line('leads, every 20 ms', STEP_TIMEOUT_MS);
    await running(text.replace("'one'", "'two'"), servers, async (second) => {
      await second.line('registered at /services/reports/two', STEP_TIMEOUT_MS);
      assert.equal(second.latest('leads'), undefined, 'two lead');
      first.terminate();
      await first.success(STEP_TIMEOUT_MS);
      await second.line('leads, every 20 ms', STEP_TIMEOUT_MS);
      assert.deepEqual((await zk.children('/services/reports')).names, ['two']);
    });
  });
}
