/** Loaded before a member: names of Services, which only a Kubernetes resolves, are this machine. */
import dns from 'node:dns';

const { lookup } = dns;

/** Read replicas are added with the port of every pod, so each has an address to itself. */
const READER = /^zk-peer-(1\d\d)\..*\.svc$/;

function onThisMachine(name: string, ...others: readonly unknown[]): void {
  const [, reader] = READER.exec(name) ?? [];
  const address = reader === undefined ? '127.0.0.1' : `127.77.0.${reader}`;
  Reflect.apply(lookup, dns, [name.endsWith('.svc') ? address : name, ...others]);
}

Object.assign(dns, { lookup: onThisMachine });
