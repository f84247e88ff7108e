/** What the machine around a member tells of it. */
export interface ReportMachine {
  /** Connections of clients that are taken: limits.connections, or what the file descriptors leave. */
  readonly mostConnections: number;
  heap(): { readonly usedBytes: number; readonly mostBytes: number };
  /** undefined: the system does not tell without a look at each of them. */
  descriptors(): { readonly open: number; readonly most: number } | undefined;
}
