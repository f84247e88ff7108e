import { rmSync } from 'node:fs';
import type { Endpoint } from '../../testkit/src/endpoint.ts';
import { ClientSession } from '../../testkit/src/session.ts';
import { Ensemble } from '../../testkit/src/systems/ensemble.ts';
import { fourLetterWord } from '../../testkit/src/systems/four-letter-word.ts';
import { systems } from '../../testkit/src/systems/index.ts';
import type { Member } from '../../testkit/src/systems/member.ts';
import type { Certificates } from './certificates.ts';
import type { Doors, Quorum, Stage } from './player.ts';
import { PLACES, type Place, type Scenario } from './scenario.ts';
import { type SetupName, setups } from './setups.ts';

/** How long a member may take to serve reads by itself. */
const READ_ONLY_MS = 40_000;
/** How long members may take that were started again. */
const TOGETHER_MS = 60_000;

/** How often ZooKeeper may trip over itself in one run. */
const MAX_FRESH_STARTS = 3;

/** Everything in the tree is newer. */
const sinceMs = Date.now();

type Members = Pick<Stage, 'asked' | 'other' | 'certificates' | 'quorum'>;

/** One server under comparison. Its leader does not change while all of its members run. */
interface Side {
  readonly ensemble: Ensemble;
  readonly at: Readonly<Record<Place, Members>>;
}

/** Apache ZooKeeper and Rookery, three members each, configured in one way, with a node of its own for every scenario at every place. */
export class Sides {
  readonly #setup: SetupName;
  readonly #chosen: readonly Scenario[];
  readonly #certificates: Certificates;
  #zookeeper: Side;
  #rookery: Side;
  #freshStarts = 0;

  /** Made by its static functions alone. */
  constructor(
    setup: SetupName,
    chosen: readonly Scenario[],
    certificates: Certificates,
    [zookeeper, rookery]: readonly [Side, Side],
  ) {
    this.#setup = setup;
    this.#chosen = chosen;
    this.#certificates = certificates;
    this.#zookeeper = zookeeper;
    this.#rookery = rookery;
  }

  static async start(
    setup: SetupName,
    chosen: readonly Scenario[],
    certificates: Certificates,
  ): Promise<Sides> {
    return new Sides(setup, chosen, certificates, await startBoth(setup, chosen, certificates));
  }

  get mayStartAnew(): boolean {
    return this.#freshStarts < MAX_FRESH_STARTS;
  }

  /** New ensembles take the place of these, whose data and logs stay. To be called only while `mayStartAnew`. */
  async startAnew(): Promise<void> {
    this.#freshStarts += 1;
    await this.stop();
    [this.#zookeeper, this.#rookery] = await startBoth(this.#setup, this.#chosen, this.#certificates);
  }

  /** Where a scenario is played: at ZooKeeper's and at Rookery's. */
  stages(scenario: Scenario, place: Place): [Stage, Stage] {
    const root = rootOf(scenario, place);
    return [
      { root, sinceMs, ...this.#zookeeper.at[place] },
      { root, sinceMs, ...this.#rookery.at[place] },
    ];
  }

  /** The log of a member of ZooKeeper's that has ended, which nobody asked it to. */
  get endedOfTheirs(): string | undefined {
    return endedOf(this.#zookeeper);
  }

  /** The log of a member of Rookery's that has ended: none may. */
  get endedOfOurs(): string | undefined {
    return endedOf(this.#rookery);
  }

  /** Nothing more can be played. */
  get isOver(): boolean {
    return this.endedOfOurs !== undefined || (this.endedOfTheirs !== undefined && !this.mayStartAnew);
  }

  get folders(): string[] {
    return [this.#zookeeper, this.#rookery].map(({ ensemble }) => ensemble.folder);
  }

  /** Data and logs stay. */
  async stop(): Promise<void> {
    await Promise.all([this.#zookeeper, this.#rookery].map(({ ensemble }) => ensemble.stop()));
  }

  async remove(): Promise<void> {
    await this.stop();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }
}

function endedOf({ ensemble }: Side): string | undefined {
  return ensemble.members.find(({ alive }) => !alive)?.plan.logFile;
}

async function startBoth(
  setup: SetupName,
  chosen: readonly Scenario[],
  certificates: Certificates,
): Promise<[Side, Side]> {
  const { isOpen, tls, ...options } = setups[setup];
  const rooted = isOpen ? chosen : [];
  const shown = tls ? certificates : undefined;
  const both = { ...options, ...(tls ? { tls: certificates.stores } : {}) };
  return Promise.all([
    startSide(await Ensemble.create(systems.zookeeper, both), rooted, shown),
    startSide(await Ensemble.create(systems.rookery, both), rooted, shown),
  ]);
}

/** Where not everybody may create, scenarios make their own roots. */
async function startSide(
  ensemble: Ensemble,
  rooted: readonly Scenario[],
  shown: Certificates | undefined,
): Promise<Side> {
  for (const member of ensemble.members) member.start();
  await ensemble.serving();
  const members = await ensemble.followersFirst();
  const [follower, leader] = [members[0]!, members.at(-1)!];
  await createRoots(leader.clientEndpoint, rooted);
  const certificates = shown === undefined ? {} : { certificates: shown };
  const [asked, other] = [doorsOf(leader), doorsOf(follower)];
  return {
    ensemble,
    at: {
      leader: { asked, other, quorum: quorumOf(ensemble, leader), ...certificates },
      follower: { asked: other, other: asked, quorum: quorumOf(ensemble, follower), ...certificates },
    },
  };
}

function quorumOf(ensemble: Ensemble, asked: Member): Quorum {
  const others = ensemble.members.filter((member) => member !== asked);
  return {
    async lose() {
      await Promise.all(others.map((member) => member.kill()));
      const deadlineMs = performance.now() + READ_ONLY_MS;
      while ((await fourLetterWord(asked.endpoint, 'isro')) !== 'ro') {
        if (performance.now() > deadlineMs)
          throw new Error(`member ${asked.serverId} serves no reads alone; its log: ${asked.plan.logFile}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async regain() {
      const gone = others.filter(({ alive }) => !alive);
      if (gone.length === 0) return;
      for (const member of gone) member.start();
      // The one that was alone says that it serves before it does so with the others.
      const areTogether = async (): Promise<boolean> => {
        const modes = await Promise.all(ensemble.members.map((member) => member.mode()));
        return modes.every((mode) => mode === 'leader' || mode === 'follower');
      };
      const deadlineMs = performance.now() + TOGETHER_MS;
      while (!(await areTogether())) {
        if (performance.now() > deadlineMs) throw new Error(`no quorum comes back; logs: ${ensemble.folder}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

function doorsOf({ plan: { endpoint: plain, secureEndpoint: secure } }: Member): Doors {
  return secure === undefined ? { plain } : { plain, secure };
}

/** Each scenario has a node of its own, in the way of nobody. */
function rootOf({ name }: Scenario, place: Place): string {
  // Paths of the same length wherever it is played.
  return `/${place.charAt(0)}-${name.replaceAll(/[^a-z0-9]+/gi, '-')}`;
}

async function createRoots(endpoint: Endpoint, chosen: readonly Scenario[]): Promise<void> {
  const session = await ClientSession.connect(endpoint);
  const roots = PLACES.flatMap((place) => chosen.map((scenario) => rootOf(scenario, place)));
  await Promise.all(roots.map((root) => session.create(root, Buffer.alloc(0))));
  await session.close();
}
