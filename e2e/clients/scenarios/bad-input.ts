import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { Random } from '../../../testkit/src/random.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';
import { badInput, badInputKinds, stopZookeeper } from '../bad-input.ts';
import { bothSystems, type Scenario } from '../scenario.ts';
import { isAllowed, type Reaction, throwInput } from '../throw-input.ts';

const AT_ONCE = 16;
const CANARY_PAUSE_MS = 5;
/** Of one member over all inputs: a line per kind, not per input. */
const MAX_LOG_BYTES = 200_000;
const MAX_MEMORY_GROWTH_BYTES = 300e6;

export const badInputs: Scenario = {
  name: 'bad-input',
  proves:
    'garbage, half messages and absurd values cost their own connection at most: the member and its other clients go on',
  against: bothSystems,
  needs: [],
  run: async (context) => {
    const kinds =
      context.system.name === 'zookeeper'
        ? badInputKinds.filter((kind) => !stopZookeeper.includes(kind))
        : badInputKinds;
    const ensemble = await context.startEnsemble();
    const target = ensemble.members[0]!;
    const pid = target.pid;
    const logBytesBefore = statSync(target.plan.logFile).size;
    const memoryBefore = target.residentBytes().now;
    const canaries = await Promise.all([target, ensemble.members[1]!].map((member) => Canary.start(member)));

    const reactions: Record<Reaction, number> = { closed: 0, error: 0, success: 0, silent: 0, left: 0 };
    const wrong = new Map<string, string>();
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < context.tier.badInputs) {
        const seed = context.seed + next;
        const kind = kinds[next % kinds.length]!;
        next += 1;
        const input = badInput(kind, new Random(seed));
        const reaction = await throwInput(target.endpoint, input);
        reactions[reaction] += 1;
        if (!isAllowed(input, reaction)) {
          wrong.set(
            kind,
            `${kind}: ${reaction}, not ${input.expected} (seed ${seed}: ${input.bytes.toString('hex')})`,
          );
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));

    const accounts = await Promise.all(canaries.map((canary) => canary.stop()));
    assert.equal(wrong.size, 0, [...wrong.values()].join('\n'));
    assert.ok(target.alive && target.pid === pid, 'the member has ended');
    const growth = target.residentBytes().now - memoryBefore;
    assert.ok(growth < MAX_MEMORY_GROWTH_BYTES, `its memory grew by ${growth} bytes`);
    const logBytes = statSync(target.plan.logFile).size - logBytesBefore;
    if (context.system.name === 'rookery') {
      assert.ok(logBytes > 0, 'its log says nothing');
      assert.ok(logBytes <= MAX_LOG_BYTES, `its log grew by ${logBytes} bytes`);
    }
    const seen = `${reactions.closed} closed, ${reactions.error} answered with an error, ${reactions.left} left half`;
    const others = `${accounts.join(' and ')} of others meanwhile`;
    return `${next} inputs of ${kinds.length} kinds: ${seen}; ${others}; ${logBytes} bytes of log`;
  },
};

/** A well-behaved client that writes and reads back all the while, and must not notice anything. */
class Canary {
  #running = true;
  #writes = 0;
  readonly #done: Promise<void>;

  /** Made by its static functions alone. */
  constructor(session: ClientSession, path: string) {
    this.#done = this.#run(session, path);
    // Reported when the canary is stopped.
    this.#done.catch(() => undefined);
  }

  static async start(member: Member): Promise<Canary> {
    const session = await ClientSession.connect(member.endpoint);
    const path = `/canary-${member.serverId}`;
    await session.create(path, Buffer.from('0'));
    return new Canary(session, path);
  }

  async stop(): Promise<string> {
    this.#running = false;
    await this.#done;
    assert.ok(this.#writes > 0);
    return `${this.#writes} writes`;
  }

  async #run(session: ClientSession, path: string): Promise<void> {
    while (this.#running) {
      this.#writes += 1;
      const value = Buffer.from(String(this.#writes));
      await session.set(path, value, this.#writes - 1);
      assert.deepEqual((await session.get(path)).data, value);
      await new Promise((resolve) => setTimeout(resolve, CANARY_PAUSE_MS));
    }
    await session.close();
  }
}
