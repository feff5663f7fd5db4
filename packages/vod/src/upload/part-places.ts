/**
 * Which places of joined files are being written. Only this process writes them: the data folder belongs to one server at a time. So a
 * place is never written by two requests, nor in a file that has become an object.
 */
export interface PartPlaces {
  /** Takes a part's place. @returns what gives it free; undefined when it is being written or the file is being finished */
  take(uploadId: string, partNumber: number): (() => void) | undefined;
  /** Keeps every writer out of the file. @returns what ends that; undefined while somebody writes or finishes it */
  seal(uploadId: string): (() => void) | undefined;
}

export function createPartPlaces(): PartPlaces {
  const taken = new Map<string, Set<number>>();
  const sealed = new Set<string>();
  return {
    take(uploadId, partNumber) {
      const numbers = taken.get(uploadId) ?? new Set();
      if (sealed.has(uploadId) || numbers.has(partNumber)) return undefined;
      taken.set(uploadId, numbers.add(partNumber));
      return () => {
        numbers.delete(partNumber);
        if (numbers.size === 0 && taken.get(uploadId) === numbers) taken.delete(uploadId);
      };
    },
    seal(uploadId) {
      if (taken.has(uploadId) || sealed.has(uploadId)) return undefined;
      sealed.add(uploadId);
      return () => sealed.delete(uploadId);
    },
  };
}
