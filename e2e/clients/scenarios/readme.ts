import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectString } from '../../../testkit/src/endpoint.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { Program } from '../program.ts';
import { type Dialogue, examplesOf, type ProgramExample } from '../readme-examples.ts';
import { bothSystems, type Context, type Scenario } from '../scenario.ts';
import { startZkCli } from './zkcli.ts';

const readme = new URL('../../../README.md', import.meta.url);

/** What the examples connect to. */
const HOSTS = '127.0.0.1:2181,127.0.0.1:2182,127.0.0.1:2183';
const STEP_TIMEOUT_MS = 60_000;
const LOOK_MS = 20;

export const readmePython: Scenario = {
  name: 'readme-python',
  proves:
    'the Python examples of README.md print what they say, and an election goes on when its leader dies',
  against: bothSystems,
  needs: ['python'],
  run: async (context) => {
    const ensemble = await context.startEnsemble();
    const { python } = examplesOf(readFileSync(readme, 'utf8'));
    for (const example of python) await prints(context, ensemble, example);
    const election = python.find(({ text }) => text.includes('zk.Election('));
    assert.ok(election && python.length >= 5, `only ${python.length} examples in Python`);
    await nextOneLeads(context, ensemble, election);
    return `${python.length} examples, ${python.reduce((sum, { prints }) => sum + prints.length, 0)} lines printed`;
  },
};

export const readmeZkCli: Scenario = {
  name: 'readme-zkcli',
  proves: 'the zkCli examples of README.md are answered as they say',
  against: bothSystems,
  needs: ['java'],
  run: async (context) => {
    const ensemble = await context.startEnsemble();
    const { dialogues } = examplesOf(readFileSync(readme, 'utf8'));
    assert.ok(dialogues.length >= 5, `only ${dialogues.length} examples by zkCli`);
    let commands = 0;
    for (const dialogue of dialogues) commands += await answers(context, ensemble, dialogue);
    return `${dialogues.length} examples, ${commands} commands`;
  },
};

function start(context: Context, ensemble: Ensemble, text: string): Program {
  assert.ok(text.includes(HOSTS), `an example does not connect to ${HOSTS}`);
  const file = join(context.folder, `example-${randomUUID()}.py`);
  writeFileSync(file, text.replaceAll(HOSTS, connectString(ensemble.endpoints)));
  return new Program(context.python(), [file]);
}

async function prints(context: Context, ensemble: Ensemble, example: ProgramExample): Promise<void> {
  assert.ok(example.prints.length > 0, `README.md, ${example.title}: an example that prints nothing`);
  const program = start(context, ensemble, example.text);
  for (const line of example.prints) await program.line(line, STEP_TIMEOUT_MS);
  program.write('');
  const output = await program.success(STEP_TIMEOUT_MS);
  assert.deepEqual(output.trimEnd().split('\n'), example.prints, `README.md, ${example.title}`);
}

/** The example twice: the second one leads once the first one was killed, and not before. */
async function nextOneLeads(context: Context, ensemble: Ensemble, { text }: ProgramExample): Promise<void> {
  const first = start(context, ensemble, text);
  await first.line('worker-1 leads', STEP_TIMEOUT_MS);
  const second = start(context, ensemble, text.replaceAll('worker-1', 'worker-2'));
  const contender = start(context, ensemble, contenders(text));
  await contender.line("['worker-1', 'worker-2']", STEP_TIMEOUT_MS);
  assert.equal(second.output, '', 'two lead');
  first.kill();
  await second.line('worker-2 leads', STEP_TIMEOUT_MS);
  second.write('');
  await second.success(STEP_TIMEOUT_MS);
  await contender.success(STEP_TIMEOUT_MS);
}

/** The example changed into one that prints who takes part in the election, until it has seen two. */
function contenders(text: string): string {
  const ran = /^(zk\.Election\(.*\))\.run\(lead\)$/m;
  assert.match(text, ran);
  return text.replace(
    ran,
    (_, election: string) =>
      `while len(${election}.contenders()) < 2:\n    pass\nprint(${election}.contenders())`,
  );
}

/** One zkCli for each terminal, on the member that README.md connects to. Returns how many commands were given. */
async function answers(context: Context, ensemble: Ensemble, dialogue: Dialogue): Promise<number> {
  const hosts = connectString([ensemble.endpoints[0]!]);
  const names = new Set(dialogue.commands.map(({ terminal }) => terminal));
  const terminals = new Map([...names].map((name) => [name, new Terminal(startZkCli(context, hosts))]));
  const all = [...terminals.values()];
  for (const { terminal, line, answers: expected } of dialogue.commands) {
    terminals.get(terminal)!.program.write(line);
    for (const answer of expected) {
      const deadlineMs = performance.now() + STEP_TIMEOUT_MS;
      while (!all.some((each) => each.says(answer))) {
        assert.ok(performance.now() < deadlineMs, complaint(dialogue.title, line, answer, terminals));
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    }
  }
  for (const { program } of all) {
    program.write('quit');
    program.end();
    await program.success(STEP_TIMEOUT_MS);
  }
  return dialogue.commands.length;
}

/** A zkCli, and how much of what it has said was looked for already. */
class Terminal {
  readonly program: Program;
  #seen = 0;

  constructor(program: Program) {
    this.program = program;
  }

  /** Whether a line that was not seen yet begins with `text`; it and those before it are seen then. */
  says(text: string): boolean {
    const lines = this.program.output.split('\n');
    const at = lines.findIndex((line, i) => i >= this.#seen && line.startsWith(text));
    if (at >= 0) this.#seen = at + 1;
    return at >= 0;
  }
}

function complaint(
  title: string,
  line: string,
  answer: string,
  terminals: ReadonlyMap<string, Terminal>,
): string {
  const said = [...terminals].map(([name, { program }]) => `--- ${name}\n${program.output}`).join('\n');
  return `README.md, ${title}: no "${answer}" after "${line}"\n${said}`;
}
