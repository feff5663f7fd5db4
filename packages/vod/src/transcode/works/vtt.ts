/** A text and its time. */
export interface Cue {
  readonly startSec: number;
  readonly endSec: number;
  /** Bare: lines without markup. */
  readonly text: string;
  /** As it stands in the file, with its markup. */
  readonly raw: string;
  /** What stands behind the times: where and how it is shown. */
  readonly settings: string;
}

const TIME = /^((?:\d{1,4}:)?[0-5]\d:[0-5]\d\.\d{3})\s+-->\s+((?:\d{1,4}:)?[0-5]\d:[0-5]\d\.\d{3})(.*)$/;
/** Longer ones are no subtitles. */
const MAX_CUES = 20_000;

/** The cues of a WebVTT file, by time; what is not well-formed is left out, as the standard has it (W3C WebVTT, section 6). */
export function parseVtt(content: string): Cue[] {
  const blocks = content
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '\uFFFD')
    .replaceAll(/\r\n?/g, '\n')
    .split(/\n{2,}/);
  const cues = blocks.flatMap((block): Cue[] => {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => line.includes('-->'));
    const [, start, end, settings = ''] = TIME.exec(lines[at] ?? '') ?? [];
    if (start === undefined || end === undefined) return [];
    const raw = lines.slice(at + 1).join('\n');
    const cue = { startSec: toSec(start), endSec: toSec(end), raw, settings: settings.trim() };
    return cue.endSec > cue.startSec ? [{ ...cue, text: toBareText(raw) }] : [];
  });
  return cues.toSorted((a, b) => a.startSec - b.startSec).slice(0, MAX_CUES);
}

function toSec(clock: string): number {
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: '\u00A0',
  lrm: '\u200E',
  rlm: '\u200F',
};

function toBareText(raw: string): string {
  return raw
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(amp|lt|gt|nbsp|lrm|rlm);/g, (_, name: string) => ENTITIES[name] ?? '')
    .trim();
}
