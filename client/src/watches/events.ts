/** What a server tells of a node. The removals of watches are told to none but their owners, and end here. */
export const EventType = {
  created: 1,
  deleted: 2,
  changed: 3,
  childrenChanged: 4,
} as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

export function isEventType(type: number): type is EventType {
  return type >= EventType.created && type <= EventType.childrenChanged;
}
