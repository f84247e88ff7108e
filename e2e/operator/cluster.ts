import { join } from 'node:path';
import type { ClusterMember } from '@rookery/crds';
import { type CommandOptions, run } from '../../tools/kube/commands.ts';
import { kubeconfigFile } from '../../tools/kube/folders.ts';
import { kubectl } from '../../tools/kube/kubectl.ts';
import type { Provider } from '../../tools/kube/provider.ts';
import type { Tools } from '../../tools/kube/tools.ts';
import { inClientPod } from './client-pod.ts';

/** What kubectl prints as JSON, as far as the scenarios look. */
export interface KubeItem {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    /** RFC 3339, in whole seconds. */
    readonly creationTimestamp: string;
    readonly finalizers?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** ZooKeeper's existing clients, as `e2e/clients` has them. */
export interface Clients {
  /** A Python that has kazoo. */
  readonly python: string;
  /** ZooKeeper's jars, for `java -cp`. */
  readonly classpath: string;
}

/** What `clients/client.py` takes. */
export type KazooOperation =
  | readonly [hosts: string, action: 'list']
  | readonly [hosts: string, action: 'get', path: string]
  | readonly [hosts: string, action: 'put', path: string, value: string];

/** The programs that run on a node or in a pod. */
export const clientPrograms = join(import.meta.dirname, 'clients');
const CLIENT = 'client.py';

/** As clients take it: the Service for clients of a CoordinationCluster. */
export function hostsOf(name: string, namespace: string): string {
  return `${name}.${namespace}.svc.cluster.local:2181`;
}

/** The cluster under test, by the programs that its users have. */
export class Cluster {
  readonly provider: Provider;
  readonly #tools: Tools;
  readonly #clients: Clients;

  constructor(provider: Provider, tools: Tools, clients: Clients) {
    this.provider = provider;
    this.#tools = tools;
    this.#clients = clients;
  }

  /** Throws CommandError with what kubectl said. */
  kubectl(args: readonly string[], options: CommandOptions = {}): Promise<string> {
    return kubectl(args, options);
  }

  helm(...args: readonly string[]): Promise<string> {
    return run([this.#tools.helm, '--kubeconfig', kubeconfigFile, ...args]);
  }

  apply(namespace: string, object: object): Promise<string> {
    return this.kubectl(['--namespace', namespace, 'apply', '-f', '-'], { input: JSON.stringify(object) });
  }

  /** @param what as `kubectl` names it, `cc/demo` */
  patch(namespace: string, what: string, patch: object): Promise<string> {
    const args = ['patch', what, '--type=merge', '-p', JSON.stringify(patch)];
    return this.kubectl(['--namespace', namespace, ...args]);
  }

  annotate(namespace: string, what: string, annotation: string): Promise<string> {
    return this.kubectl(['--namespace', namespace, 'annotate', '--overwrite', what, annotation]);
  }

  /** What kubectl says when it fails; throws where it does not. */
  async refusal(args: readonly string[], options: CommandOptions = {}): Promise<string> {
    const output = await this.kubectl(args, options).catch((error: Error) => error);
    if (output instanceof Error) return output.message;
    throw new Error(`kubectl ${args.join(' ')} was not refused: ${output}`);
  }

  async get(namespace: string, type: string, name: string): Promise<KubeItem> {
    return JSON.parse(
      await this.kubectl(['--namespace', namespace, 'get', type, name, '-o', 'json']),
    ) as KubeItem;
  }

  async list(namespace: string, type: string, selector = ''): Promise<readonly KubeItem[]> {
    const args = ['--namespace', namespace, 'get', type, '-o', 'json'];
    if (selector !== '') args.push('--selector', selector);
    return (JSON.parse(await this.kubectl(args)) as { items: readonly KubeItem[] }).items;
  }

  /** A majority serves. */
  available(namespace: string, name: string, timeoutSeconds = 180): Promise<string> {
    return this.meets('Available', namespace, name, timeoutSeconds);
  }

  /** All of it is as its spec says. */
  ready(namespace: string, name: string, timeoutSeconds = 180): Promise<string> {
    return this.meets('Ready', namespace, name, timeoutSeconds);
  }

  /** Until the condition is True; throws CommandError where it is not in time. */
  meets(condition: string, namespace: string, name: string, timeoutSeconds: number): Promise<string> {
    const what = ['wait', `--for=condition=${condition}`, `coordinationcluster/${name}`];
    return this.kubectl(['--namespace', namespace, ...what, `--timeout=${timeoutSeconds}s`]);
  }

  /**
   * kazoo on a node, or in a pod where nodes are no part of this machine: `put` creates or overwrites a node and prints it, `get` prints it,
   * `list` prints the hosts that it would connect to.
   */
  async kazoo(...operation: KazooOperation): Promise<string> {
    return (await run(this.clientCommand(CLIENT, operation))).trim();
  }

  /** The same in a pod, once `installClientPod` has been called. */
  async kazooInPod(...operation: KazooOperation): Promise<string> {
    return (await run(inClientPod(CLIENT, operation))).trim();
  }

  /** Runs one of `clients/` where `kazoo` runs. */
  clientCommand(program: string, args: readonly string[]): readonly string[] {
    const enter = this.#onNode();
    if (enter === undefined) return inClientPod(program, args);
    return [...enter, this.#clients.python, join(clientPrograms, program), ...args];
  }

  /** Whether programs with ZooKeeper's own client can be run: there is no pod for them. */
  get hasJava(): boolean {
    return this.#onNode() !== undefined;
  }

  /** Runs Java, with ZooKeeper's own client, on a node. */
  javaCommand(...args: readonly string[]): readonly string[] {
    const enter = this.#onNode();
    if (enter === undefined) throw new Error('Java runs on a node, and nodes are no part of this machine');
    return [...enter, 'java', '-cp', this.#clients.classpath, ...args];
  }

  /** One command of ZooKeeper's own command line, on a node; what it prints besides its log. */
  zkCli(hosts: string, ...command: readonly string[]): Promise<string> {
    return run(this.javaCommand('org.apache.zookeeper.ZooKeeperMain', '-server', hosts, ...command));
  }

  #onNode(): readonly string[] | undefined {
    return this.provider.onNode('node-1');
  }

  /** Until every member is ready: `available` is content with most of them. */
  allReady(namespace: string, name: string): Promise<void> {
    return this.until(`all members of ${name} are ready`, async () => {
      const { spec, status } = await this.get(namespace, 'coordinationcluster', name);
      return status?.readyReplicas === spec?.replicas;
    });
  }

  /** As the status of a CoordinationCluster lists them. */
  async members(namespace: string, name: string): Promise<readonly ClusterMember[]> {
    const { status } = await this.get(namespace, 'coordinationcluster', name);
    return (status?.members ?? []) as readonly ClusterMember[];
  }

  /** Of a CoordinationCluster; throws where it has none of that type. */
  async condition(namespace: string, name: string, type: string): Promise<Condition> {
    const { status } = await this.get(namespace, 'coordinationcluster', name);
    const found = ((status?.conditions ?? []) as readonly Condition[]).find((each) => each.type === type);
    if (found === undefined) throw new Error(`${name} has no condition ${type} yet`);
    return found;
  }

  /** Until an Event of that reason about a CoordinationCluster is there. */
  told(namespace: string, name: string, reason: string): Promise<void> {
    const about = `involvedObject.kind=CoordinationCluster,involvedObject.name=${name},reason=${reason}`;
    return this.until(`there is an Event ${reason} about ${name}`, async () => {
      const found = await this.kubectl([
        ...['--namespace', namespace, 'get', 'events', '--field-selector', about, '-o', 'name'],
      ]);
      return found !== '';
    });
  }

  /** Pods that were restarted as others have others. */
  async podUids(namespace: string): Promise<readonly string[]> {
    return (await this.list(namespace, 'pods')).map(({ metadata }) => metadata.uid).sort();
  }

  /** Waits until `holds` is true. `what` is for the error, after `timeoutSeconds`. */
  async until(what: string, holds: () => Promise<boolean>, timeoutSeconds = 120): Promise<void> {
    const end = performance.now() + timeoutSeconds * 1000;
    for (;;) {
      if (await holds().catch(() => false)) return;
      if (performance.now() > end) throw new Error(`after ${timeoutSeconds} s still not so: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
