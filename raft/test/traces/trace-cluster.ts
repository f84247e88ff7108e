import { blankSnapshot, type Configuration, type Message, type NodeId } from '../../src/index.ts';
import { messageText } from './trace-format.ts';
import { TraceNode } from './trace-node.ts';

/** Rounds after which messages that still beget messages mean an endless conversation. */
const MAX_ROUNDS = 200;

type Command = (cluster: TraceCluster, words: readonly string[]) => void;

/** Runs the commands of a trace on a small cluster and writes down all that happens. */
export class TraceCluster {
  readonly nodes = new Map<NodeId, TraceNode>();
  lines: string[] = [];
  #queue: Message[] = [];
  /** `from→to` pairs on which messages vanish. */
  readonly blocked = new Set<string>();

  /** One command line, and what it leads to. */
  run(line: string): string[] {
    this.lines = [];
    const [name = '', ...words] = line.split(/\s+/);
    const command = commands[name];
    if (command === undefined) throw new Error(`unknown command «${name}»`);
    command(this, words);
    return this.lines;
  }

  say(line: string): void {
    this.lines.push(line);
  }

  node(word: string | undefined): TraceNode {
    const node = this.nodes.get(Number(word));
    if (node === undefined) throw new Error(`no member «${word}»`);
    return node;
  }

  add(id: NodeId, snapshot = blankSnapshot): TraceNode {
    const node = new TraceNode(
      id,
      snapshot,
      (line) => this.say(line),
      (message) => this.#queue.push(message),
    );
    this.nodes.set(id, node);
    node.start();
    return node;
  }

  link(a: TraceNode, b: TraceNode): void {
    a.input((raft) => raft.peerConnected(b.id));
    b.input((raft) => raft.peerConnected(a.id));
  }

  unlink(a: TraceNode, b: TraceNode): void {
    this.#queue = this.#queue.filter(
      ({ from, to }) => !(from === a.id && to === b.id) && !(from === b.id && to === a.id),
    );
    a.input((raft) => raft.peerDisconnected(b.id));
    b.input((raft) => raft.peerDisconnected(a.id));
  }

  running(): TraceNode[] {
    return [...this.nodes.values()].filter((node) => node.raft !== undefined);
  }

  /** Delivers until nobody says anything more. */
  deliver(): void {
    for (let round = 0; this.#queue.length > 0; round += 1) {
      if (round > MAX_ROUNDS) throw new Error('the conversation does not end');
      this.deliverOnce();
    }
  }

  /** Delivers what is under way now. */
  deliverOnce(): void {
    const messages = this.#queue;
    this.#queue = [];
    for (const message of messages) {
      const lost = this.blocked.has(`${message.from}→${message.to}`);
      this.say(`${messageText(message)}${lost ? '  ✗' : ''}`);
      if (!lost) this.nodes.get(message.to)?.input((raft) => raft.step(message));
    }
  }

  /** Loses what is under way now. */
  lose(): void {
    for (const message of this.#queue) this.say(`${messageText(message)}  ✗`);
    this.#queue = [];
  }
}

function genesis(ids: readonly NodeId[]): Configuration {
  const contexts = new Map(ids.map((id) => [id, `member-${id}`]));
  return { index: ids.length, voters: ids, outgoing: [], learners: [], contexts };
}

const commands: Record<string, Command> = {
  /** members 1 2 3: a new cluster, all linked */
  members: (cluster, words) => {
    const ids = words.map(Number);
    const snapshot = { index: ids.length, term: 0, configuration: genesis(ids) };
    const nodes = ids.map((id) => cluster.add(id, snapshot));
    for (const a of nodes) for (const b of nodes) if (a.id < b.id) cluster.link(a, b);
  },
  /** join 5: a member with an empty disk, linked to all */
  join: (cluster, [id]) => {
    const others = cluster.running();
    const node = cluster.add(Number(id));
    for (const other of others) cluster.link(node, other);
  },
  /** timeout 1: its election timeout passes */
  timeout: (cluster, [id]) => {
    const node = cluster.node(id);
    const before = node.raft?.role;
    for (let i = 0; i < 25 && node.raft?.role === before; i += 1) node.input((raft) => raft.tick());
  },
  /** tick 1 5: five ticks of member 1 */
  tick: (cluster, [id, count]) => {
    for (let i = 0; i < Number(count ?? 1); i += 1) cluster.node(id).input((raft) => raft.tick());
  },
  /** propose 1 a b c */
  propose: (cluster, [id, ...items]) => {
    cluster.node(id).input((raft) => {
      const { refused } = raft.propose(items.map((item) => new TextEncoder().encode(item)));
      if (refused !== undefined) cluster.say(`refused: ${refused}`);
    });
  },
  /** configure 1 remove 3 promote 4 demote 2 learner x voter y */
  configure: (cluster, [id, ...words]) => {
    const change = { remove: [] as number[], promote: [] as number[], demote: [] as number[] };
    const add: { context: string; role: 'voter' | 'learner' }[] = [];
    for (let i = 0; i < words.length; i += 2) {
      const [what, value] = [words[i], words[i + 1] ?? ''];
      if (what === 'learner' || what === 'voter') add.push({ context: value, role: what });
      else if (what === 'remove' || what === 'promote' || what === 'demote') change[what].push(Number(value));
      else throw new Error(`unknown change «${what}»`);
    }
    cluster.node(id).input((raft) => {
      const expectedIndex = raft.configuration.index;
      const result = raft.proposeConfiguration({ ...change, add, expectedIndex });
      cluster.say(
        result.refused === undefined ? `accepted at ${result.index}` : `refused: ${result.refused}`,
      );
    });
  },
  transfer: (cluster, [id, to]) => {
    cluster.node(id).input((raft) => {
      const refused = raft.transferLeadership(Number(to));
      if (refused !== undefined) cluster.say(`refused: ${refused}`);
    });
  },
  read: (cluster, [id, token]) => cluster.node(id).input((raft) => raft.readIndex(Number(token))),
  snapshot: (cluster, [id]) => {
    const node = cluster.node(id);
    node.input((raft) => node.takeSnapshot(raft));
  },
  deliver: (cluster, [rounds]) => {
    if (rounds === undefined) cluster.deliver();
    else for (let i = 0; i < Number(rounds); i += 1) cluster.deliverOnce();
  },
  lose: (cluster) => cluster.lose(),
  /** partition 1 2 : 3 4 5 : messages between the sides vanish silently */
  partition: (cluster, words) => {
    const at = words.indexOf(':');
    for (const a of words.slice(0, at)) {
      for (const b of words.slice(at + 1)) {
        cluster.blocked.add(`${a}→${b}`);
        cluster.blocked.add(`${b}→${a}`);
      }
    }
  },
  heal: (cluster) => cluster.blocked.clear(),
  unlink: (cluster, [a, b]) => cluster.unlink(cluster.node(a), cluster.node(b)),
  link: (cluster, [a, b]) => cluster.link(cluster.node(a), cluster.node(b)),
  /** crash 1: kill -9; its links break */
  crash: (cluster, [id]) => {
    const node = cluster.node(id);
    node.crash();
    for (const other of cluster.running()) cluster.unlink(node, other);
  },
  /** start 1 [damaged 2]: again, with what is durable, less the newest 2 entries */
  start: (cluster, [id, damaged, count]) => {
    const node = cluster.node(id);
    if (damaged === 'damaged') node.damage(Number(count));
    const others = cluster.running();
    node.start();
    for (const other of others) cluster.link(node, other);
  },
  slow: (cluster, [id]) => {
    cluster.node(id).slow = true;
  },
  sync: (cluster, [id]) => cluster.node(id).sync(),
  state: (cluster) => {
    for (const node of cluster.nodes.values()) cluster.say(node.stateText());
  },
};
