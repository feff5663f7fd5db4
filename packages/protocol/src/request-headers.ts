/** Request headers as Node, Fastify or a plain object hold them. Names are compared without regard to case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | number | undefined>>;

/** The value of a header as text (several values joined by a comma, RFC 9110 section 5.3), or undefined when absent. */
export function findHeader(headers: RequestHeaders, name: string): string | undefined {
  const value = findValue(headers, name.toLowerCase());
  if (value === undefined) return undefined;
  return typeof value === 'object' ? value.join(', ') : String(value);
}

function findValue(headers: RequestHeaders, name: string): RequestHeaders[string] {
  if (Object.hasOwn(headers, name)) return headers[name];
  const key = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : headers[key];
}

/**
 * The forms of a Host header that official clients sign: the Node SDK leaves the port out, the Python SDK keeps it
 * (measured; the header on the wire carries the port in both).
 */
export function hostForms(host: string): string[] {
  const withoutPort = host.replace(/:\d+$/, '');
  return withoutPort === host ? [host] : [host, withoutPort];
}
