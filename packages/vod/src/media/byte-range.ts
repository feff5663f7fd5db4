/** Both ends inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The one range of bytes that a Range header asks for (RFC 9110 section 14).
 * @returns undefined when the whole file is to be sent: no header, one that cannot be read, or several ranges at once, which a
 * server may leave aside
 */
export function parseByteRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return toRange(Math.max(0, sizeBytes - Number(last)), sizeBytes - 1);
  if (last !== '' && Number(last) < Number(first)) return undefined;
  return toRange(Number(first), last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1));
}

function toRange(start: number, end: number): ByteRange | 'unsatisfiable' {
  return start <= end ? { start, end } : 'unsatisfiable';
}
