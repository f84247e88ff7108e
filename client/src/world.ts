/** For clients in a world of their own, such as one in the process of its server: the ports, what a process of Node gives to them, and the calls one by one. */
export { GetAclCall, SetAclCall } from './calls/acl.ts';
export { Call } from './calls/call.ts';
export { CreateCall, createRecord } from './calls/create.ts';
export { DeleteCall } from './calls/delete.ts';
export { ExistsCall } from './calls/exists.ts';
export { GetCall } from './calls/get.ts';
export { SetCall } from './calls/set.ts';
export { SyncCall } from './calls/sync.ts';
export { multiItemOf, TransactionCall } from './calls/transaction.ts';
export { WhoAmICall } from './calls/who-am-i.ts';
export { type Opening, open } from './connect.ts';
export { Machine } from './node/machine.ts';
export type { Address, Link, LinkEvents, World } from './ports.ts';
