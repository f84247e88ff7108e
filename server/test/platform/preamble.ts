import { greetingOf, helloOf } from '../replica/hellos.ts';

/** As the transport's own: magic, the versions that are spoken (one), own server id, server id expected at the other end. */
export function preamble(from: number, to: number, version = 1, magic = 'ROOKPEER'): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.write(magic, 'latin1');
  bytes[10] = version;
  bytes[11] = version;
  bytes.writeUInt32BE(from, 12);
  bytes.writeUInt32BE(to, 16);
  return bytes;
}

/** The hello of a member without data, as a frame. */
export function hello(serverId: number): Buffer {
  return Buffer.from(greetingOf(helloOf(serverId)));
}

/** All that a member says before it is believed to be one. */
export function greeting(from: number, to: number): Buffer {
  return Buffer.concat([preamble(from, to), hello(from)]);
}
