/** The protocol's operation numbers. Those at -20 and below are this server's own and are refused from clients. */
export const OpCode = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getAcl: 6,
  setAcl: 7,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  create2: 15,
  reconfig: 16,
  checkWatches: 17,
  removeWatches: 18,
  createContainer: 19,
  deleteContainer: 20,
  createTtl: 21,
  multiRead: 22,
  /** LinkedIn's: a page of a node's children. */
  getChildrenPaginated: 71,
  auth: 100,
  setWatches: 101,
  sasl: 102,
  getEphemerals: 103,
  getAllChildrenNumber: 104,
  setWatches2: 105,
  addWatch: 106,
  whoAmI: 107,
  /** ClickHouse Keeper's, from here on. */
  filteredList: 500,
  checkNotExists: 501,
  createIfNotExists: 502,
  removeRecursive: 503,
  checkStat: 504,
  tryRemove: 505,
  filteredListWithStatsAndData: 506,
  listRecursive: 507,
  error: -1,
  createSession: -10,
  closeSession: -11,
  /** A session attaches to a member; the entry's own index becomes its attach index. */
  attachSession: -20,
  /** The leader ends a session that fell silent; void if it has been attached anew since. */
  expireSession: -21,
  /** Changes nothing; takes a zxid. */
  noop: -22,
  /** Compares the members' digests. */
  checkpoint: -23,
  /** Replaces the text in `/zookeeper/config`. */
  setConfig: -24,
  /** What a session's connection has proved, in whole: replaces the list that the session has. */
  setIdentities: -25,
  /** From here on the state machine does what its next feature level brings. */
  raiseFeatureLevel: -26,
  /** Some of a node's children at a time: ZooKeeper has no such operation, and it is asked by this member's own doors alone. */
  getChildrenPage: -40,
  /** A step of a restore: another tree takes the place of this one. */
  restore: -30,
} as const;
export type OpCode = (typeof OpCode)[keyof typeof OpCode];
