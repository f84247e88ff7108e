/**
 * Keys of Apache ZooKeeper 3.9 that a zoo.cfg may hold and that change nothing here, each with the reason. A name that
 * ends in a dot stands for all keys that begin with it.
 */
const WITHOUT_EFFECT: ReadonlyMap<string, string> = new Map([
  ['advancedFlowControlEnabled', 'flow control is always on'],
  ['audit.', 'there is no audit log in this version'],
  ['authProvider.', 'the built-in authentication schemes are used'],
  ['client.portUnification', 'there is no TLS for clients in this version'],
  ['clientPortListenBacklog', "the system's own backlog is used"],
  ['closeSessionTxn.enabled', 'closing a session always is one log entry'],
  ['cnxTimeout', 'Raft elects the leader'],
  ['commitProcessor.', 'one loop does all the work of a member'],
  ['connectToLearnerMasterLimit', 'members connect to each other at once'],
  ['digest.enabled', "the tree's digest is always kept"],
  ['electionAlg', 'Raft elects the leader'],
  ['electionPortBindRetry', 'one port carries all traffic between members'],
  ['enforceQuota', 'quotas are not enforced in this version'],
  ['extendedTypesEnabled', 'containers and TTL nodes are always there'],
  ['fastleader.', 'Raft elects the leader'],
  ['flushDelay', 'writes are batched as they come'],
  ['forceSync', 'every write is on disk before it is acknowledged'],
  ['fsync.warningthresholdms', 'slow syncs show in the metrics'],
  ['globalOutstandingLimit', 'the limit is limits.outstandingRequests'],
  ['group.', 'there are no hierarchical quorums; every voter counts once'],
  ['initialConfig', 'the members are those of server.N'],
  ['jaasLoginRenew', 'there is no Kerberos in this version'],
  ['jvm.', 'there is no JVM'],
  ['kerberos.', 'there is no Kerberos in this version'],
  ['largeRequestMaxBytes', 'jute.maxbuffer bounds every request'],
  ['largeRequestThreshold', 'jute.maxbuffer bounds every request'],
  ['leader.', 'Raft leads'],
  ['leaderServes', 'every member serves clients'],
  ['learner.', 'Raft replicates'],
  ['localSessionsEnabled', 'every session is replicated'],
  ['localSessionsUpgradingEnabled', 'every session is replicated'],
  ['maxBatchSize', 'writes are batched as they come'],
  ['maxWriteQueuePollTime', 'writes are batched as they come'],
  ['metricsProvider.', 'metrics are served at /metrics of the HTTP port'],
  ['multiAddress.', 'the first address of each member is used'],
  ['netty.', 'there is no Netty'],
  ['nio.', 'one loop does all the work of a member'],
  ['observerMasterPort', 'learners follow the leader'],
  ['observer.', 'learners follow the leader'],
  ['oraclePath', 'a majority of the voters decides'],
  ['portUnification', 'there is no TLS between members in this version'],
  ['preAllocSize', 'log segments are always preallocated'],
  ['quorum.auth.', 'there is no SASL between members in this version'],
  ['quorumCnxnThreadsSize', 'one loop does all the work of a member'],
  ['readonlymode.enabled', 'there is no read-only mode in this version'],
  ['requireClientAuthScheme', 'there is no SASL in this version'],
  ['secureClientPort', 'there is no TLS for clients in this version: nothing listens there'],
  ['secureClientPortAddress', 'there is no TLS for clients in this version'],
  ['serverCnxnFactory', 'there is one network stack'],
  ['sessionRequireClientSASLAuth', 'there is no SASL in this version'],
  ['skipACL', 'there is no switch for access lists'],
  ['snapshot.', 'snapshots have a format of their own'],
  ['ssl.', 'there is no TLS in this version'],
  ['sslQuorum', 'there is no TLS between members in this version'],
  ['sslQuorumReloadCertFiles', 'there is no TLS between members in this version'],
  ['sslReload', 'there is no TLS in this version'],
  ['superUser', 'it names a SASL user, and there is no SASL in this version'],
  ['syncEnabled', 'learners always keep a log and snapshots'],
  ['tcpKeepAlive', 'keep-alive is always on between members'],
  ['txnLogSizeLimitInKb', 'log segments have a fixed size'],
  ['watchManagerName', 'there is nothing to choose from'],
  ['weight.', 'there are no hierarchical quorums; every voter counts once'],
  ['znode.container.', 'only znode.container.checkIntervalMs is taken'],
]);

/** Why the key changes nothing here; undefined where it is no key of ZooKeeper's that is known to do nothing. */
export function reasonOfNoEffect(key: string): string | undefined {
  const exact = WITHOUT_EFFECT.get(key);
  if (exact !== undefined) return exact;
  for (let dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
    const reason = WITHOUT_EFFECT.get(key.slice(0, dot + 1));
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/**
 * Somebody who set one of these to true asked for protection that this version cannot give. Going on without it, with
 * a line in a log, would open what they meant to be closed: the member refuses to start.
 */
export const PROTECTIONS: ReadonlyMap<string, string> = new Map([
  ['sslQuorum', 'TLS between members'],
  ['sessionRequireClientSASLAuth', 'SASL'],
  ['enforce.auth.enabled', 'enforced authentication'],
  ['quorum.auth.enableSasl', 'SASL between members'],
  ['quorum.auth.serverRequireSasl', 'SASL between members'],
  ['quorum.auth.learnerRequireSasl', 'SASL between members'],
]);
