import type { IncomingHttpHeaders } from 'node:http';

/** The body goes to the function in base64 when the header has one of these values; `*` in a value stands for anything. */
export interface Base64Rule {
  header: 'content-type' | 'accept';
  values: readonly string[];
}

/** Whether a request's body is encoded: always, or by header where the API has rules. */
export function isEncodedInBase64(
  { base64Encoded, base64Rules }: { base64Encoded: boolean; base64Rules: readonly Base64Rule[] | undefined },
  headers: IncomingHttpHeaders,
): boolean {
  if (!base64Encoded || base64Rules === undefined) return base64Encoded;
  return base64Rules.some(({ header, values }) => {
    const sent = (headers[header] ?? '').toLowerCase();
    return sent !== '' && values.some((value) => matchesLoosely(sent, value.toLowerCase()));
  });
}

/** The parts between the stars, in their order, anywhere: the vendor's rules are "fuzzy", so a charset behind a type does not matter. */
function matchesLoosely(sent: string, value: string): boolean {
  let position = 0;
  for (const part of value.split('*')) {
    const found = sent.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return true;
}
