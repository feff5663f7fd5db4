/** What the sender's HTTP library sets for itself. */
const OWN_HEADERS = new Set(['host', 'content-length', 'connection', 'transfer-encoding']);

/** A command that sends the same request from a POSIX shell. */
export function toCurl(request: { url: string; headers: Record<string, string>; body: string }): string {
  const headers = Object.entries(request.headers)
    .filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()))
    .map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  return ['curl -X POST', quote(request.url), ...headers, `--data-raw ${quote(request.body)}`].join(
    ' \\\n  ',
  );
}

/** One word for the shell, whatever is in it. */
function quote(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
