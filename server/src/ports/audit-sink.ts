/**
 * One thing that was done, or tried, under the names of Apache ZooKeeper's audit log. What is not there was not said, or has no meaning for
 * the operation.
 */
export interface AuditEvent {
  /** In hexadecimal digits behind 0x. */
  readonly session?: string;
  /** Each as `scheme:name`. Of what the server does by itself: `member:` and its server id. */
  readonly user: readonly string[];
  /** Where the client is. */
  readonly ip?: string;
  readonly operation: string;
  /** auth: what was to be proved. */
  readonly scheme?: string;
  readonly znode?: string;
  readonly znode_type?: string;
  /** Each as `scheme:name:permissions`. */
  readonly acl?: readonly string[];
  /** `invoked`: asked for, and what became of it cannot be known here. */
  readonly result: 'success' | 'failure' | 'invoked';
}

/** Where an audit log goes. It neither throws nor makes anybody wait: what it cannot take it counts. */
export interface AuditSink {
  record(event: AuditEvent): void;
}
