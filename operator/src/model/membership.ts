/** Where others reach a member. */
export interface MemberAddresses {
  readonly host: string;
  readonly peerPort: number;
  readonly clientHost: string;
  readonly clientPort: number;
}

export interface NewMember extends MemberAddresses {
  readonly serverId: number;
  /** It comes to prove a version, and never votes. */
  readonly provesVersion?: true;
}

/** What the leader is asked for, as members' /admin takes it: members are named by their Raft ids, each of which is used once. */
export type MembershipChange =
  | { readonly kind: 'add'; readonly member: NewMember }
  | { readonly kind: 'promote'; readonly raftId: number; readonly serverId: number }
  | { readonly kind: 'remove'; readonly raftId: number; readonly serverId: number };
