/** The protocol's Stat as clients see it. Times are ms since 1970; zxids and the session id are below 2^53. */
export interface Stat {
  czxid: number;
  mzxid: number;
  ctime: number;
  mtime: number;
  /** Changes of the data; a signed 32-bit counter that wraps, as are cversion and aversion. */
  version: number;
  /** 2 × creations of children − children, as ZooKeeper shows it. */
  cversion: number;
  aversion: number;
  /** 0 for persistent, container and TTL nodes. */
  ephemeralOwner: number;
  dataLength: number;
  numChildren: number;
  pzxid: number;
}

export function emptyStat(): Stat {
  return {
    czxid: 0,
    mzxid: 0,
    ctime: 0,
    mtime: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: 0,
    dataLength: 0,
    numChildren: 0,
    pzxid: 0,
  };
}
