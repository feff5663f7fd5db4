/** Longest kept line; a program that writes no line ends must not fill the memory. */
const MAX_LINE_LENGTH = 2000;

export interface TextTail {
  push(text: string): void;
  /** The last lines, oldest first, without empty ones. */
  lines(): string[];
}

/** Remembers the last `count` lines of a stream of text. */
export function createTextTail(count: number): TextTail {
  let kept: string[] = [];
  let open = '';
  return {
    push: (text) => {
      const parts = (open + text).split('\n');
      open = (parts.pop() ?? '').slice(0, MAX_LINE_LENGTH);
      kept = [...kept, ...parts.map((line) => line.slice(0, MAX_LINE_LENGTH))].slice(-count);
    },
    lines: () =>
      [...kept, open]
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .slice(-count),
  };
}
