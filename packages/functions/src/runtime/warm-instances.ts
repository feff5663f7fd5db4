/** Something that waits for work. */
export interface WarmMember {
  /** Ends it if it is idle; false when it is not. */
  evict(): boolean;
}

/** Bounds what waits for work over all functions: hundreds of them must not cost a process each. */
export interface WarmInstances {
  hasRoom(): boolean;
  /** The newest; ends the one that waits longest when there are too many. */
  add(member: WarmMember): void;
  remove(member: WarmMember): void;
}

export function createWarmInstances(max: number): WarmInstances {
  /** In the order in which they began to wait. */
  const members = new Set<WarmMember>();
  return {
    hasRoom: () => members.size < max,
    add(member) {
      members.delete(member);
      members.add(member);
      for (const each of members) {
        if (members.size <= max) break;
        if (each !== member && each.evict()) members.delete(each);
      }
    },
    remove: (member) => void members.delete(member),
  };
}
