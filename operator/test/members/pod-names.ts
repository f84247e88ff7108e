/** Loaded before a member: names of Services, which only a Kubernetes resolves, are this machine. */
import dns from 'node:dns';

const { lookup } = dns;

function onThisMachine(name: string, ...others: readonly unknown[]): void {
  Reflect.apply(lookup, dns, [name.endsWith('.svc') ? '127.0.0.1' : name, ...others]);
}

Object.assign(dns, { lookup: onThisMachine });
