/** Every key of a zoo.cfg that Apache ZooKeeper 3.9.5 documents or reads, system properties without their `zookeeper.`. */
export const ZOOKEEPER_KEYS: readonly string[] = `
  4lw.commands.whitelist admin.commandURL admin.enableServer admin.forceHttps admin.httpVersion
  admin.idleTimeout admin.needClientAuth admin.portUnification admin.rateLimiterIntervalInMS
  admin.restore.enabled admin.serverAddress admin.serverPort admin.snapshot.enabled
  advancedFlowControlEnabled allowSaslFailedClients audit.enable audit.impl.class authProvider.1
  autopurge.purgeInterval autopurge.snapRetainCount bitHashCacheSize client.certReload
  client.portUnification clientCnxnSocket clientPort clientPortAddress clientPortListenBacklog
  clientTcpKeepAlive closeSessionTxn.enabled cnxTimeout commitLogCount commitProcessor.maxCommitBatchSize
  commitProcessor.maxReadBatchSize commitProcessor.numWorkerThreads commitProcessor.shutdownTimeout
  connection_throttle_decrease_ratio connection_throttle_drop_decrease connection_throttle_drop_increase
  connection_throttle_fill_count connection_throttle_fill_time connection_throttle_freeze_time
  connection_throttle_global_session_weight connection_throttle_local_session_weight
  connection_throttle_renew_session_weight connection_throttle_tokens connection_throttle_weight_enabled
  connectionDecreaseRatio connectionDropDecrease connectionDropIncrease connectionFreezeTime
  connectionMaxTokens connectionTokenFillCount connectionTokenFillTime connectToLearnerMasterLimit
  controllerPort dataDir datadir.autocreate dataLogDir db.autocreate digest.enabled
  DigestAuthenticationProvider.digestAlg DigestAuthenticationProvider.enabled
  DigestAuthenticationProvider.superDigest dynamicConfigFile electionAlg electionPortBindRetry
  emulate353TTLNodes enableEagerACLCheck enforce.auth.enabled enforce.auth.schemes enforceQuota
  ensembleAuthName extendedTypesEnabled fastleader.maxNotificationInterval
  fastleader.minNotificationInterval fips-mode flushDelay follower.skipLearnerRequestToNextProcessor
  forceSnapshotSync forceSync forward_learner_requests_to_commit_processor_disabled
  fsync.warningthresholdms globalOutstandingLimit group.1 initLimit intBufferStartingSizeBytes
  IPAuthenticationProvider.usexforwardedfor javax.net.ssl.X509KeyManager javax.net.ssl.X509TrustManager
  jute.maxbuffer jute.maxbuffer.extrasize kerberos.canonicalizeHostNames kerberos.removeHostFromPrincipal
  kerberos.removeRealmFromPrincipal kinit largeRequestMaxBytes largeRequestThreshold
  leader.ackLoggingFrequency leader.closeSocketAsync leader.maxConcurrentDiffSyncs
  leader.maxConcurrentSnapSyncs leader.maxTimeToWaitForEpoch leaderConnectDelayDuringRetryMs leaderServes
  learner.asyncSending learner.closeSocketAsync letAnySaslUserDoX localSessionsEnabled
  localSessionsUpgradingEnabled maxBatchSize maxClientCnxns maxCnxns maxConcurrentDiffSyncs
  maxConcurrentSnapSyncs maxGetChildrenResponseCacheSize maxInProcessingDeadWatchers maxResponseCacheSize
  maxSessionTimeout maxTimeToWaitForEpoch maxWriteQueuePollTime messageTracker.BufferSize
  messageTracker.Enabled metricsProvider.className metricsProvider.exportJvmInfo metricsProvider.httpHost
  metricsProvider.httpPort metricsProvider.maxQueueSize metricsProvider.numWorkerThreads
  metricsProvider.workerShutdownTimeoutMs minSessionTimeout multiAddress.enabled
  multiAddress.reachabilityCheckEnabled multiAddress.reachabilityCheckTimeoutMs
  netty.advancedFlowControl.enabled netty.server.earlyDropSecureConnectionHandshakes
  netty.server.outstandingHandshake.limit nio.directBufferBytes nio.numSelectorThreads nio.numWorkerThreads
  nio.sessionlessCnxnTimeout nio.shutdownTimeout observer.election.DelayMs observer.reconnectDelayMs
  observer.syncEnabled observerMaster.sizeLimit observerMasterPort oraclePath outstandingHandshake.limit
  pathStats.delay pathStats.enabled pathStats.initialDelay pathStats.maxDepth pathStats.sampleRate
  pathStats.slotCapacity pathStats.slotDuration pathStats.topPathMax peerType portUnification preAllocSize
  quorum.auth.enableSasl quorum.auth.learnerRequireSasl quorum.auth.serverRequireSasl
  quorum.cnxn.threads.size quorumCnxnTimeoutMs quorumListenOnAllIPs readonlymode.enabled reconfigEnabled
  request_stale_connection_check request_stale_latency_check request_throttle_drop_stale
  request_throttle_max_requests request_throttle_stall_time request_throttler.shutdownTimeout
  requestStaleConnectionCheck requestStaleLatencyCheck requestThrottleDropStale requestThrottleLimit
  requestThrottleStallTime requireKerberosConfig sasl.serverconfig SASLAuthenticationProvider.superPassword
  secureClientPort secureClientPortAddress security.auth_to_local serializeLastProcessedZxid.enabled
  serverCnxnFactory sessionRequireClientSASLAuth skipACL snapCount snapshot.compression.method
  snapshot.trust.empty snapshotSizeFactor snapSizeLimitInKb ssl.allowReverseDnsLookup ssl.authProvider
  ssl.ciphersuites ssl.clientAuth ssl.clientHostnameVerification ssl.context.supplier.class ssl.crl
  ssl.enabledProtocols ssl.handshakeDetectionTimeoutMillis ssl.hostnameVerification ssl.keyStore.location
  ssl.keyStore.password ssl.keyStore.passwordPath ssl.keyStore.type ssl.ocsp ssl.protocol
  ssl.quorum.allowReverseDnsLookup ssl.quorum.ciphersuites ssl.quorum.clientAuth
  ssl.quorum.clientHostnameVerification ssl.quorum.context.supplier.class ssl.quorum.crl
  ssl.quorum.enabledProtocols ssl.quorum.handshakeDetectionTimeoutMillis ssl.quorum.hostnameVerification
  ssl.quorum.keyStore.location ssl.quorum.keyStore.password ssl.quorum.keyStore.passwordPath
  ssl.quorum.keyStore.type ssl.quorum.ocsp ssl.quorum.protocol ssl.quorum.trustStore.location
  ssl.quorum.trustStore.password ssl.quorum.trustStore.passwordPath ssl.quorum.trustStore.type
  ssl.sslProvider ssl.trustStore.location ssl.trustStore.password ssl.trustStore.passwordPath
  ssl.trustStore.type sslQuorum sslQuorumReloadCertFiles standaloneEnabled superUser syncEnabled syncLimit
  tcpKeepAlive test.allowDiscontinuousProposals testingonly.initialZxid throttled_op_wait_time
  throttledOpWaitTime tickTime txnLogSizeLimitInKb version watcherCleanIntervalInSeconds
  watcherCleanThreadsNum watcherCleanThreshold watchManagerName weight.1
  X509AuthenticationProvider.superUser znode.container.checkIntervalMs
  znode.container.maxNeverUsedIntervalMs znode.container.maxPerMinute
`
  .trim()
  .split(/\s+/);
