/** As ZooKeeper's Stat, by its names; the session, which takes 64 bits, in hexadecimal. */
export interface StatJson {
  readonly czxid: number;
  readonly mzxid: number;
  readonly pzxid: number;
  /** Milliseconds since 1970, as `mtime`. */
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  readonly ephemeralOwner: string;
  readonly dataLength: number;
  readonly numChildren: number;
}

export interface ValueJson {
  /** In base64. */
  readonly value: string;
  /** The same as text, where it is UTF-8. */
  readonly text?: string;
}

/** As the protocol names its bits. */
export type PermissionName = 'read' | 'write' | 'create' | 'delete' | 'admin';

export interface AclJson {
  readonly scheme: string;
  readonly id: string;
  readonly permissions: readonly PermissionName[];
}
