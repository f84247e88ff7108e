/**
 * The `ip` scheme: `a.b.c.d` or `a.b.c.d/bits`, IPv4 as in ZooKeeper 3.9.
 */

/** The address as an unsigned 32-bit number; undefined where it is no dotted quad. */
function parseAddress(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let address = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    address = address * 256 + Number(part);
  }
  return address;
}

interface Network {
  readonly address: number;
  readonly bits: number;
}

function parseNetwork(id: string): Network | undefined {
  const slash = id.indexOf('/');
  const address = parseAddress(slash < 0 ? id : id.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash < 0) return { address, bits: 32 };
  const bits = id.slice(slash + 1);
  if (!/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  return { address, bits: Number(bits) };
}

/** Whether an ACL may name this id under the `ip` scheme. */
export function isIpAclId(id: string): boolean {
  return parseNetwork(id) !== undefined;
}

/** Whether a connection from `proved` (an address) is within `wanted` (an ACL's id). */
export function ipMatches(proved: string, wanted: string): boolean {
  const network = parseNetwork(wanted);
  const address = parseAddress(proved);
  if (network === undefined || address === undefined) return false;
  const hosts = 2 ** (32 - network.bits);
  return Math.floor(address / hosts) === Math.floor(network.address / hosts);
}
