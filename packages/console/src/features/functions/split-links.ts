export type TextPart = { text: string; isLink: boolean };

// Up to white space, a quote or a bracket; a full stop or comma at the end belongs to the sentence.
const LINK = /https?:\/\/[^\s"'<>()[\]{}\\]*[^\s"'<>()[\]{}\\.,;:!?]/g;

/** Cuts a text into links and what lies between them. */
export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), isLink: false });
    parts.push({ text: match[0], isLink: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), isLink: false });
  return parts;
}
