/** How many signatures are remembered at once: some 10 MB at the very most. */
const MAX_SIGNATURES = 10_000;

/** Counts from how many client addresses each signed URL is used. */
export interface AddressCounter {
  /** Whether this address may use the signature, given how many others have done so. */
  admit(use: { sign: string; address: string; maxAddresses: number }): boolean;
}

/**
 * Kept in memory: a restart forgets it, and so does the pressure of ten thousand newer signatures. An address once counted stays
 * counted until then.
 */
export function createAddressCounter(maxSignatures: number = MAX_SIGNATURES): AddressCounter {
  // In the order of last use.
  const addressesOf = new Map<string, ReadonlySet<string>>();
  return {
    admit({ sign, address, maxAddresses }) {
      const known = addressesOf.get(sign) ?? new Set();
      if (!known.has(address) && known.size >= maxAddresses) return false;
      addressesOf.delete(sign);
      addressesOf.set(sign, new Set([...known, address]));
      const [oldest] = addressesOf.keys();
      if (addressesOf.size > maxSignatures && oldest !== undefined) addressesOf.delete(oldest);
      return true;
    },
  };
}
