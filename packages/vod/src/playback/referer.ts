/** A host, with or without a port, or `*.` and a host for what is below it. */
const PATTERN = /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/i;

export function isRefererPattern(text: string): boolean {
  return text.length <= 255 && PATTERN.test(text);
}

/**
 * Whether a request comes from a page of one of these sites. A host stands for itself alone: the cloud's prefix match, by which
 * `abc.com` lets in `abc.com.example.net`, would be a hole.
 * @param patterns hosts; `*.example.com` is every host below example.com
 */
export function isRefererOf(referer: string, patterns: readonly string[]): boolean {
  if (!URL.canParse(referer)) return false;
  const { host, hostname } = new URL(referer);
  return patterns.some((pattern) => {
    const wanted = pattern.toLowerCase();
    if (wanted.startsWith('*.')) return [host, hostname].some((name) => name.endsWith(wanted.slice(1)));
    return wanted === host || wanted === hostname;
  });
}
