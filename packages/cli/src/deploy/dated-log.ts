import { formatTime } from '../format.ts';
import type { Printer } from '../printer.ts';

/** Lines as the guide's installer prints them: `[2020-06-05 17:16:08]Start checking npm.` */
export interface DatedLog {
  say(text: string, data?: Record<string, unknown>): void;
  warn(text: string): void;
}

export function createDatedLog(printer: Printer, clock: () => Date = () => new Date()): DatedLog {
  const stamp = (): string => `[${formatTime(clock().toISOString())}]`;
  return {
    say: (text, data = {}) => printer.event(`${stamp()}${text}`, { Event: 'Log', Message: text, ...data }),
    warn: (text) => printer.event(`${stamp()}Warning: ${text}`, { Event: 'Warning', Message: text }),
  };
}
