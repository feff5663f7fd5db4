import type { PixelSize } from '@vodstack/protocol';

export interface SpriteSheets {
  readonly names: readonly string[];
  readonly columns: number;
  readonly rows: number;
  readonly tile: PixelSize;
  readonly totalCount: number;
  readonly intervalSec: number;
  readonly durationSec: number;
}

/** Thumbnails for players: each cue's text is a sheet and a media fragment (W3C Media Fragments 4.2.2). */
export function formatVtt(sheets: SpriteSheets): string {
  const perSheet = sheets.columns * sheets.rows;
  const cues = Array.from({ length: sheets.totalCount }, (_, i) => {
    const place = i % perSheet;
    const x = (place % sheets.columns) * sheets.tile.width;
    const y = Math.floor(place / sheets.columns) * sheets.tile.height;
    const isLast = i === sheets.totalCount - 1;
    const endSec = isLast
      ? Math.max(sheets.durationSec, i * sheets.intervalSec)
      : (i + 1) * sheets.intervalSec;
    const sheet = sheets.names[Math.floor(i / perSheet)] ?? '';
    const { width, height } = sheets.tile;
    return `${clock(i * sheets.intervalSec)} --> ${clock(endSec)}\n${sheet}#xywh=${x},${y},${width},${height}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

function clock(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}
