import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the kubectl of a test answers to the first arguments that fit. */
export interface Answer {
  /** A regular expression, of the arguments with a blank between each. */
  readonly to: string;
  readonly out?: string;
  readonly err?: string;
  readonly code?: number;
  /** Goes on after what it has said, until it is ended. */
  readonly stays?: boolean;
  /** Answers that come once each, the first one first; the last one stays. */
  readonly later?: readonly Omit<Answer, 'to' | 'later'>[];
}

export interface Call {
  readonly args: readonly string[];
  readonly stdin: string;
  readonly pid: number;
}

const PROGRAM = `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
const folder = __dirname;
const reads = args.includes('--filename=-');
const stdin = reads ? fs.readFileSync(0, 'utf8') : '';
const line = args.join(' ');
const before = fs.existsSync(folder + '/calls') ? fs.readFileSync(folder + '/calls', 'utf8').split('\\n').filter(Boolean).map(JSON.parse) : [];
fs.appendFileSync(folder + '/calls', JSON.stringify({ args, stdin, pid: process.pid }) + '\\n');
const answers = JSON.parse(fs.readFileSync(folder + '/answers', 'utf8'));
const answer = answers.find(({ to }) => new RegExp(to).test(line));
if (answer === undefined) {
  fs.writeSync(2, 'error: nobody has said what to answer to: ' + line + '\\n');
  process.exit(9);
}
const times = before.filter((call) => new RegExp(answer.to).test(call.args.join(' '))).length;
const said = [answer, ...(answer.later ?? [])][Math.min(times, (answer.later ?? []).length)];
if (said.err) fs.writeSync(2, said.err);
const bytes = Buffer.from(said.out ?? '');
let at = 0;
while (at < bytes.length) at += fs.writeSync(1, bytes, at);
process.exitCode = said.code ?? 0;
if (said.stays) setInterval(() => {}, 1_000_000);
`;

/** An executable of that name on a PATH of its own, which answers what it was told to and keeps what it was asked. */
export class FakeKubectl implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'rookery-kubectl-'));

  constructor(answers: readonly Answer[] = []) {
    const program = join(this.folder, 'kubectl');
    writeFileSync(program, PROGRAM);
    chmodSync(program, 0o755);
    this.answer(answers);
  }

  answer(answers: readonly Answer[]): void {
    writeFileSync(join(this.folder, 'answers'), JSON.stringify(answers));
  }

  get env(): Readonly<Record<string, string>> {
    return { PATH: this.folder };
  }

  get calls(): readonly Call[] {
    return readFileSync(join(this.folder, 'calls'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Call);
  }

  /** As they would be typed, without what says where and for how long. */
  get typed(): readonly string[] {
    return this.calls.map(({ args }) =>
      args.filter((arg) => !arg.startsWith('--request-timeout=')).join(' '),
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}
