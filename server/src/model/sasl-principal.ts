/** As ZooKeeper takes names of Kerberos, which SASL users are there as well: `user`, `user@realm` or `user/host@realm`. */
export function isPrincipal(id: string): boolean {
  return !id.includes('@') || /^[^/@]*(?:\/[^/@]*)?@[^/@]*$/.test(id);
}
