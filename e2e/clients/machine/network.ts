import { existsSync, readdirSync } from 'node:fs';
import { isThere, run } from './commands.ts';

const NAMESPACES = '/run/netns';
const PREFIX = 'rk-e2e-';
/** The networks that runs of this machine take, one each: 10.219.N.0/24. */
const NETWORKS = 250;
const SLOW_BURST_BYTES = 32 * 1024;
const SLOW_LATENCY_MS = 2_000;

export function missingForNetworks(): string | undefined {
  const tool = ['ip', 'tc', 'nsenter'].find((name) => !isThere(name));
  return tool === undefined ? undefined : `${tool} is not installed`;
}

/**
 * A network namespace for each member, joined by a bridge in one of its own, where no firewall of this machine has a say, and a cable
 * from there to this process's network. A member's link can be made slow, both ways, or cut.
 */
export class Network {
  readonly #name: string;
  readonly #number: number;
  readonly #members: number;

  constructor(members: number) {
    removeLeftovers();
    this.#members = members;
    this.#name = `${PREFIX}${process.pid}`;
    this.#number = takeNumber(this.#switch);
    try {
      this.#connect();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Of the member with this server id, 1 and up. */
  address(serverId: number): string {
    return `10.219.${this.#number}.${serverId}`;
  }

  /** A command and its arguments that run what follows them in the member's network. */
  entering(serverId: number): readonly string[] {
    return ['nsenter', `--net=${NAMESPACES}/${this.#namespace(serverId)}`];
  }

  /** What the member sends and receives, clients included, passes at this speed; as fast as the machine without it. */
  limit(serverId: number, bytesPerSecond?: number): void {
    for (const [namespace, device] of this.#ends(serverId)) {
      const change = bytesPerSecond === undefined ? 'del' : 'replace';
      const speed = ['tbf', 'rate', `${(bytesPerSecond ?? 0) * 8}bit`];
      const shape = ['burst', String(SLOW_BURST_BYTES), 'latency', `${SLOW_LATENCY_MS}ms`];
      const rest = bytesPerSecond === undefined ? [] : [...speed, ...shape];
      run('tc', '-n', namespace, 'qdisc', change, 'dev', device, 'root', ...rest);
    }
  }

  cut(serverId: number): void {
    run('ip', '-n', this.#switch, 'link', 'set', `to-${serverId}`, 'down');
  }

  mend(serverId: number): void {
    run('ip', '-n', this.#switch, 'link', 'set', `to-${serverId}`, 'up');
  }

  remove(): void {
    removeNamespaces(this.#name);
  }

  #connect(): void {
    const home = cableName(this.#number);
    run('ip', '-n', this.#switch, 'link', 'add', 'bridge0', 'type', 'bridge');
    run('ip', '-n', this.#switch, 'link', 'set', 'bridge0', 'up');
    run('ip', 'link', 'set', home, 'up');
    run('ip', 'address', 'add', `${this.address(254)}/24`, 'dev', home);
    run('ip', '-n', this.#switch, 'link', 'set', 'to-home', 'master', 'bridge0', 'up');
    for (let serverId = 1; serverId <= this.#members; serverId++) {
      const namespace = this.#namespace(serverId);
      run('ip', 'netns', 'add', namespace);
      const member = ['peer', 'name', 'eth0', 'netns', namespace];
      run('ip', '-n', this.#switch, 'link', 'add', `to-${serverId}`, 'type', 'veth', ...member);
      run('ip', '-n', this.#switch, 'link', 'set', `to-${serverId}`, 'master', 'bridge0', 'up');
      run('ip', '-n', namespace, 'link', 'set', 'lo', 'up');
      run('ip', '-n', namespace, 'address', 'add', `${this.address(serverId)}/24`, 'dev', 'eth0');
      run('ip', '-n', namespace, 'link', 'set', 'eth0', 'up');
    }
  }

  get #switch(): string {
    return `${this.#name}-switch`;
  }

  #namespace(serverId: number): string {
    return `${this.#name}-${serverId}`;
  }

  #ends(serverId: number): readonly (readonly [string, string])[] {
    return [
      [this.#namespace(serverId), 'eth0'],
      [this.#switch, `to-${serverId}`],
    ];
  }
}

function cableName(number: number): string {
  return `${PREFIX}${number}`;
}

/** A number is taken by the one cable of its name: the kernel gives it to one run only. It ends with the switch. */
function takeNumber(hub: string): number {
  run('ip', 'netns', 'add', hub);
  for (let number = 0; number < NETWORKS; number++) {
    if (existsSync(`/sys/class/net/${cableName(number)}`)) continue;
    try {
      run('ip', 'link', 'add', cableName(number), 'type', 'veth', 'peer', 'name', 'to-home', 'netns', hub);
      return number;
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('File exists'))) throw error;
    }
  }
  run('ip', 'netns', 'del', hub);
  throw new Error(`all ${NETWORKS} networks 10.219.N.0/24 are taken`);
}

/** What runs that were killed left behind: their names hold their processes. */
function removeLeftovers(): void {
  for (const namespace of namespaces()) {
    const pid = /^rk-e2e-(\d+)-/.exec(namespace)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeNamespaces(`${PREFIX}${pid}`);
  }
}

function removeNamespaces(name: string): void {
  for (const namespace of namespaces()) {
    if (namespace.startsWith(`${name}-`)) run('ip', 'netns', 'del', namespace);
  }
}

function namespaces(): string[] {
  return existsSync(NAMESPACES) ? readdirSync(NAMESPACES) : [];
}
