/** For the page of programs. */
export const settings = `
\`\`\`xml
<property><name>ha.zookeeper.quorum</name><value>zk-0:2181,zk-1:2181,zk-2:2181/hdfs</value></property>
<property><name>ha.zookeeper.auth</name><value>digest:failover:secret</value></property>
<property><name>ha.zookeeper.acl</name><value>digest:failover:base64-of-sha1:rwcda</value></property>
<property><name>ha.failover-controller.active-standby-elector.zk.op.retries</name><value>120</value></property>
\`\`\`

In \`core-site.xml\`, with \`dfs.ha.automatic-failover.enabled=true\` in \`hdfs-site.xml\`. A chroot has to be made by hand before \`hdfs zkfc -formatZK\`, which makes what
lies in it; or no chroot, and \`ha.zookeeper.parent-znode\` (\`/hadoop-ha\` by default) with a path of its own, which it makes. The digest in the ACL is what
\`org.apache.zookeeper.server.auth.DigestAuthenticationProvider\` prints for \`failover:secret\`; both values may be kept in a file: \`@/path/of/the/file\`. The session timeout is
\`ha.zookeeper.session-timeout.ms\`, 10 s by default.

A trap: by default a controller asks three times, without waiting, and then ends with \`Received create error from Zookeeper. code:CONNECTIONLOSS\`, where a member goes
just as the controller asks to become active. It was seen here beside Apache ZooKeeper. Ambari sets the 120 above; or have it started again by what supervises it.

TLS: [the properties of ZooKeeper's Java client](#tls-for-programs-of-java) in \`HDFS_ZKFC_OPTS\`, and the port of TLS in the quorum. (Hadoop's own words, \`dfs.ha.zkfc.client.ssl.enabled\` with
\`hadoop.zk.ssl.{keystore,truststore}.{location,password}\`, all four of them, were not tried.)
`.trim();
