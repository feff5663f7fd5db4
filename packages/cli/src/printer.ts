/** How a command speaks: lines for people, or one JSON object per line for programs. */
export interface Printer {
  /** Something that happened; `text` for people, `data` for programs. */
  event(text: string, data: Record<string, unknown>): void;
}

export function createPrinter(isJson: boolean): Printer {
  return {
    event: (text, data) => console.log(isJson ? JSON.stringify(data) : text),
  };
}
