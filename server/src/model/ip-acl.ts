/**
 * The `ip` scheme: an address, or `address/bits`. IPv4 as four decimal parts; IPv6 as eight hexadecimal ones, of which one run of
 * zeros may be left out as `::`.
 */
type Address = readonly number[];

interface Network {
  readonly address: Address;
  readonly bits: number;
}

/** Whether an ACL may name this id under the `ip` scheme. */
export function isIpAclId(id: string): boolean {
  return parseNetwork(id) !== undefined;
}

/** Whether a connection from `proved` (an address) is within `wanted` (an ACL's id). */
export function ipMatches(proved: string, wanted: string): boolean {
  const network = parseNetwork(wanted);
  const address = parseAddress(proved);
  if (network === undefined || address?.length !== network.address.length) return false;
  for (let i = 0, bits = network.bits; bits > 0; i++, bits -= 8) {
    const shift = Math.max(0, 8 - bits);
    if (address[i]! >> shift !== network.address[i]! >> shift) return false;
  }
  return true;
}

function parseNetwork(id: string): Network | undefined {
  const slash = id.indexOf('/');
  const address = parseAddress(slash < 0 ? id : id.slice(0, slash));
  if (address === undefined) return undefined;
  const most = address.length * 8;
  if (slash < 0) return { address, bits: most };
  const bits = id.slice(slash + 1);
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? { address, bits: Number(bits) } : undefined;
}

/** The address's 4 or 16 bytes; undefined where it is none. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  return parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255) ? parts.map(Number) : undefined;
}

function parseV6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [front = [], back = []] = groups;
  const missing = 8 - front.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...front, ...new Array<string>(missing).fill('0'), ...back];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]);
}
