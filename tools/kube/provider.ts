/** A Kubernetes of three nodes for the tests, whatever it is made of. */

export type Log = (line: string) => void;

export interface Provider {
  /** For people: what the nodes are. */
  readonly description: string;
  /**
   * Starts the cluster, writes `kubeconfigFile` (folders.ts) and returns once all nodes are Ready. One that runs already is left as
   * it is; what a start that was cut short has left is removed first.
   */
  up(log: Log): Promise<void>;
  /** Ends the cluster and removes all that it has left. Does nothing where there is none. */
  down(): Promise<void>;
  /** Gives every node an image, from an archive as `docker save` writes it. */
  loadImage(archive: string): Promise<void>;
  /**
   * The beginning of a command that runs a program of this machine as if on that node: in its network, with the cluster's DNS.
   * undefined where nodes are no part of this machine: there, clients have to run in pods.
   */
  onNode(node: string): readonly string[] | undefined;
  /** Stops everything that runs on a node where it is, or lets it go on: to all others it is dead, and comes back with what it knew. */
  suspend(node: string, isSuspended: boolean): Promise<void>;
}
