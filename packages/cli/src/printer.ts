/** How a command speaks: lines for people, or one JSON object per line for programs. */
export interface Printer {
  /** Something that happened; `text` for people (null: nothing to say to them), `data` for programs. */
  event(text: string | null, data: Record<string, unknown>): void;
}

export function createPrinter(isJson: boolean): Printer {
  return {
    event(text, data) {
      if (isJson) console.log(JSON.stringify(data));
      else if (text !== null) console.log(text);
    },
  };
}
