import { type CommandOptions, run } from '../kube/commands.ts';
import { kubeconfigFile } from '../kube/folders.ts';
import { kubectl } from '../kube/kubectl.ts';
import type { Provider } from '../kube/provider.ts';
import type { Tools } from '../kube/tools.ts';

/** What kubectl prints as JSON, as far as the scenarios look. */
export interface KubeItem {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** ZooKeeper's existing clients, as `e2e/clients` has them. */
export interface Clients {
  /** A Python that has kazoo. */
  readonly python: string;
  /** ZooKeeper's jars, for `java -cp`. */
  readonly classpath: string;
}

/** The cluster under test, by the programs that its users have. */
export class Cluster {
  readonly provider: Provider;
  private readonly tools: Tools;
  private readonly clients: Clients;

  constructor(provider: Provider, tools: Tools, clients: Clients) {
    this.provider = provider;
    this.tools = tools;
    this.clients = clients;
  }

  /** Throws CommandError with what kubectl said. */
  kubectl(args: readonly string[], options: CommandOptions = {}): Promise<string> {
    return kubectl(args, options);
  }

  helm(...args: readonly string[]): Promise<string> {
    return run([this.tools.helm, '--kubeconfig', kubeconfigFile, ...args]);
  }

  apply(namespace: string, object: object): Promise<string> {
    return this.kubectl(['--namespace', namespace, 'apply', '-f', '-'], { input: JSON.stringify(object) });
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

  available(namespace: string, name: string, timeoutSeconds = 180): Promise<string> {
    const what = ['wait', '--for=condition=Available', `coordinationcluster/${name}`];
    return this.kubectl(['--namespace', namespace, ...what, `--timeout=${timeoutSeconds}s`]);
  }

  /** kazoo on a node: `put` creates or overwrites a node and prints it, `get` prints it. */
  async kazoo(hosts: string, action: 'put' | 'get', path: string, value = ''): Promise<string> {
    const client = `${import.meta.dirname}/client.py`;
    return (await this.onNode([this.clients.python, client, hosts, action, path, value])).trim();
  }

  /** One command of ZooKeeper's own command line, on a node; what it prints besides its log. */
  zkCli(hosts: string, ...command: readonly string[]): Promise<string> {
    const main = 'org.apache.zookeeper.ZooKeeperMain';
    return this.onNode(['java', '-cp', this.clients.classpath, main, '-server', hosts, ...command]);
  }

  private onNode(command: readonly string[]): Promise<string> {
    const enter = this.provider.onNode('node-1');
    if (enter === undefined)
      throw new Error('nodes are no part of this machine: clients have to run in pods');
    return run([...enter, ...command]);
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
