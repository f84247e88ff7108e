/**
 * How much one client does over one connection, its own ceiling: each library in turn, against the same three members, get and set.
 *
 *   node e2e/clients/ceilings/run.ts [--seconds 5] [--depth 256] [--bytes 256] [--without java,go,…]
 *
 * A program finds the members in HOSTS, what to do (`get`, `set`) in WORK, on which node in PATH_OF_NODE, for so many SECONDS with DEPTH requests on their way and values of
 * BYTES; prints `done <operations> <seconds>`, and ends when its standard input does.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { connect } from '@rookery/client';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { javaClasses } from '../../../testkit/src/installs/java-classes.ts';
import { Complaint } from '../../../testkit/src/scenarios/complaint.ts';
import { exitCodeOf } from '../../../testkit/src/scenarios/exit-code.ts';
import { printLine } from '../../../testkit/src/scenarios/print-line.ts';
import { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { rookery } from '../../../testkit/src/systems/rookery.ts';
import { installZookeeper, missingForZookeeper } from '../../../testkit/src/systems/zookeeper-jars.ts';
import { buildGoProgram, missingForGo } from '../builds/go-program.ts';
import { installNodeProgram } from '../builds/node-program.ts';
import { installPython, missingForPython } from '../python-venv.ts';

const NODE = '/ceiling';
const WORKS = ['get', 'set'] as const;
const TICKS_PER_SECOND = 100;

interface Kind {
  readonly name: string;
  readonly missing: () => string | undefined;
  readonly command: () => readonly [string, ...string[]];
}

const here = join(import.meta.dirname, '..');
const present = (): undefined => undefined;
const kinds: readonly Kind[] = [
  {
    name: '@rookery/client',
    missing: present,
    command: () => [process.execPath, join(here, 'typescript', 'load.ts')],
  },
  {
    name: 'node-zookeeper-client',
    missing: present,
    command: () => [process.execPath, join(installNodeProgram(printLine), 'load.js')],
  },
  {
    name: 'kazoo',
    missing: missingForPython,
    command: () => [installPython(printLine), join(here, 'python', 'load.py')],
  },
  { name: 'go-zookeeper', missing: missingForGo, command: () => [buildGoProgram('load', printLine)] },
  {
    name: 'Java',
    missing: missingForZookeeper,
    command: () => [
      'java',
      '-cp',
      javaClasses([join(here, 'java', 'load')], installZookeeper(printLine).classpath, printLine),
      'Load',
    ],
  },
];

interface Figures {
  readonly perSecond: number;
  /** Of a core, while it ran. */
  readonly cores: number;
}

async function measure(command: readonly string[], env: Readonly<Record<string, string>>): Promise<Figures> {
  const child = spawn(command[0]!, command.slice(1), {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const done = /^done (\d+) (\S+)$/.exec(line);
      if (done === null) continue;
      const seconds = Number(done[2]);
      const figures = { perSecond: Number(done[1]) / seconds, cores: cpuSeconds(child.pid!) / seconds };
      child.stdin.end();
      return figures;
    }
    throw new Complaint(`${command.join(' ')} ended without a figure`);
  } finally {
    process.off('exit', kill);
  }
}

/** Of the process in all, its start included. */
function cpuSeconds(pid: number): number {
  const [user = '0', system = '0'] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

async function main(): Promise<undefined> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '5' },
      depth: { type: 'string', default: '256' },
      bytes: { type: 'string', default: '256' },
      without: { type: 'string', default: '' },
    },
  });
  const without = values.without.split(',');
  const chosen = kinds.filter(({ name }) => !without.includes(name.toLowerCase()));
  const commands = chosen.map((kind) => {
    const missing = kind.missing();
    if (missing !== undefined)
      throw new Complaint(`${kind.name}: ${missing}; --without ${kind.name.toLowerCase()} leaves it out`);
    return { name: kind.name, command: kind.command() };
  });
  rookery.prepare(printLine);
  const ensemble = await Ensemble.start(rookery);
  try {
    const hosts = connectString([ensemble.endpoints[0]!]);
    await using zk = await connect(hosts);
    await zk.create(NODE, Buffer.alloc(Number(values.bytes), 'v'));
    printLine(
      `one connection, ${values.depth} requests on their way, values of ${values.bytes} bytes, ${values.seconds} s each\n`,
    );
    printLine(
      `${''.padEnd(24)}${WORKS.map((work) => `${work}/s`.padStart(10) + 'cores'.padStart(8)).join('')}`,
    );
    for (const { name, command } of commands) {
      let row = name.padEnd(24);
      for (const work of WORKS) {
        const { seconds, depth, bytes } = values;
        const env = {
          HOSTS: hosts,
          WORK: work,
          PATH_OF_NODE: NODE,
          SECONDS: seconds,
          DEPTH: depth,
          BYTES: bytes,
        };
        const { perSecond, cores } = await measure(command, env);
        row += String(Math.round(perSecond)).padStart(10) + cores.toFixed(2).padStart(8);
      }
      printLine(row);
    }
    return undefined;
  } finally {
    await ensemble.remove();
  }
}

process.exitCode = await exitCodeOf(main);
