import assert from 'node:assert/strict';
import type { Client, Contender, Hold } from '@rookery/client';
import type { Program } from '../program.ts';

const TIMEOUT_MS = 30_000;
const LOOK_MS = 20;

/** A program of another library that uses its recipes as it is told: python/sharing.py, java/sharing. */
export class OtherSide {
  readonly #program: Program;
  #number = 0;
  #told: Client | undefined;

  constructor(program: Program) {
    this.#program = program;
  }

  /** What it has written by the time at which it answers is there for this client's next read, whatever members they are at. */
  tells(zk: Client): void {
    this.#told = zk;
  }

  async ready(): Promise<void> {
    await this.#program.line('ready', TIMEOUT_MS);
  }

  /** Resolves with what came of it. */
  async do(what: string, path: string, value = ''): Promise<string> {
    this.#number++;
    const number = this.#number;
    this.#program.write([number, what, path, value].join('\t'));
    const result = await this.#program.line(`${number} `, TIMEOUT_MS);
    assert.ok(!result.startsWith('failed'), `${what} ${path}: ${result}`);
    await this.#told?.sync('/');
    return result;
  }

  /** As `do`, of what is answered once it is over: resolves when the program says that it has begun. */
  async begin(what: string, path: string): Promise<void> {
    this.do(what, path).catch(() => undefined);
    await this.#program.line(`held ${path}`, TIMEOUT_MS);
  }

  /** Ends it: one that was left would keep this process. */
  [Symbol.dispose](): void {
    this.#program.end();
  }
}

/** Until so many stand in line, so that the last one of them is known to wait. */
export async function inLine(
  zk: Client,
  contenders: () => Promise<Contender[]>,
  count: number,
): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  while ((await contenders()).length < count) await zk.delay(LOOK_MS, signal);
}

/** The two sides of one lock. */
export interface Sides {
  readonly acquire: () => Promise<Hold>;
  /** Resolves once the other side has it. */
  readonly otherAcquires: () => Promise<unknown>;
  readonly otherReleases: () => Promise<unknown>;
  readonly contenders: () => Promise<Contender[]>;
}

/** This one holds and the other one waits, then the other way round. */
export async function takeTurns(zk: Client, sides: Sides): Promise<void> {
  const { acquire, otherAcquires, otherReleases, contenders } = sides;
  const hold = await acquire();
  let otherHas = false;
  const otherWaits = otherAcquires().then(() => {
    otherHas = true;
  });
  await inLine(zk, contenders, 2);
  assert.equal(otherHas, false, 'the other side has what this client holds');
  await hold.release();
  await otherWaits;
  let weHave = false;
  const weWait = acquire().then((next) => {
    weHave = true;
    return next;
  });
  await inLine(zk, contenders, 2);
  assert.equal(weHave, false, 'this client has what the other side holds');
  await otherReleases();
  await (await weWait).release();
}

/** What is shared, and how that is shown. */
export type Checks = readonly (readonly [string, (zk: Client, other: OtherSide) => Promise<void>])[];

/** Resolves with how many were shown. */
export async function checkAll(checks: Checks, zk: Client, other: OtherSide): Promise<number> {
  other.tells(zk);
  for (const [name, check] of checks) {
    await check(zk, other).catch((error: unknown) => {
      throw new Error(`${name}: ${error instanceof Error ? error.stack : String(error)}`);
    });
  }
  return checks.length;
}
