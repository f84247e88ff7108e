import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { bothSystems, type Scenario } from '../scenario.ts';

const LAUNCHER = fileURLToPath(new URL('../../../cli/bin/rookery', import.meta.url));
const TIMEOUT_MS = 30_000;

/** A line, the exit code that it ends with, and what it prints: all of stdout and stderr, or what that matches. */
type Step = readonly [line: string, code: number, printed: string | RegExp];

const steps: readonly Step[] = [
  ['create /app hello', 0, '/app\n'],
  ['create /app', 4, /^rookery: create \/app: the node exists; .*\n$/],
  ['create /app/queue/job- --sequential', 1, /its parent is not there/],
  ['create /app/queue/job- first --sequential --parents', 0, '/app/queue/job-0000000000\n'],
  ['create /app/box --container', 0, '/app/box\n'],
  ['get /app', 0, 'hello'],
  ['set /app bye --version 0', 0, ''],
  ['set /app late --version 0', 4, /the node has another version/],
  [
    'stat /app --json',
    0,
    /"ephemeralOwner":null,"version":1,"cversion":2,"aversion":0,"numChildren":2,"dataLength":3/,
  ],
  ['ls -l /app', 0, /^VERSION .*\n.* box\n.* queue\n$/],
  ['tree /', 0, /├── app\n│ {3}├── box\n│ {3}└── queue\n│ {7}└── job-0000000000\n└── zookeeper\n/],
  ['find /app --ephemeral', 1, ''],
  ['grep FIRST /app -i', 0, '/app/queue/job-0000000000:1: first\n'],
  ['locks /', 1, ''],
  ['whoami', 0, /^ip:127\.0\.0\.1\n$/],
  ['acl set /app/box world:anyone:cdrwa ip:127.0.0.1:r', 0, ''],
  ['acl get /app/box', 0, 'world:anyone:cdrwa\nip:127.0.0.1:r\n'],
  ['acl set /app/box nobody:x:r', 4, /the access list is not valid/],
  ['rm /app/queue/job-0000000000', 0, ''],
  [
    'cp -r /app /copy',
    0,
    /^rookery: 1 node will number .*\nrookery: {3}\/copy\/queue: was 1, is 0\n3 nodes, 3 bytes\n$/,
  ],
  ['diff /app /copy', 0, ''],
  ['set /copy/box other', 0, ''],
  ['create /copy/more', 0, '/copy/more\n'],
  ['diff /app /copy', 1, '! /box  (value)\n+ /more\n'],
  ['mirror /app /copy --dry-run', 0, 'set     /copy/box\nremove  /copy/more\n'],
  ['mirror /app /copy --yes', 0, /0 created, 1 set, 0 access lists set, 1 removed/],
  ['diff /app /copy', 0, ''],
  ['export /app FOLDER/app.json', 0, /^3 nodes in /],
  ['import FOLDER/app.json /imported/here --parents', 0, /3 nodes, 3 bytes/],
  ['diff /app /imported/here', 0, ''],
  ['sync', 0, ''],
  ['rm -r /imported', 2, /^rookery: \/imported and all below it are 4 nodes: say --yes/],
  ['rm -r /imported --yes --json', 0, '{"path":"/imported","removed":4}\n'],
  ['ls /imported', 1, /there is no such node/],
];

export const rookeryCommand: Scenario = {
  name: 'rookery-command',
  proves: "the rookery command does the same with both systems' ensembles, and ends with the same exit codes",
  against: bothSystems,
  needs: [],
  run: async (context) => {
    const ensemble = await context.startEnsemble();
    const servers = connectString(ensemble.endpoints);
    for (const [line, code, printed] of steps) {
      const ended = await run(line.replace('FOLDER', context.folder).split(' '), servers);
      const isRight = typeof printed === 'string' ? ended.text === printed : printed.test(ended.text);
      if (ended.code !== code || !isRight)
        throw new Error(
          `rookery ${line} ended with ${ended.code}, not ${code}, or not with ${printed}:\n${ended.text}`,
        );
    }
    return `${steps.length} commands`;
  },
};

function run(
  argv: readonly string[],
  servers: string,
): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, ROOKERY_SERVER: servers };
    const child = execFile(LAUNCHER, argv, { env, timeout: TIMEOUT_MS }, (_error, out, err) => {
      resolve({ code: child.exitCode ?? -1, text: `${err}${out}` });
    });
    child.stdin?.end();
  });
}
