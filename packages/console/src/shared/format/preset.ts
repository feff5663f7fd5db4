/** The cloud's preset transcode templates (MP4 and HLS), by the short side of the picture. Source: 266/33932. */
const SHORT_SIDE_BY_LEVEL: Record<string, number> = {
  10: 360,
  20: 540,
  30: 720,
  40: 1080,
  70: 1440,
  80: 2160,
};

/** `100010` → `360p`, `100210` → `HLS 360p`; undefined for a template that is not a preset. */
export function presetLabel(definition: number): string | undefined {
  const shortSide = SHORT_SIDE_BY_LEVEL[String(definition % 100)];
  if (shortSide === undefined) return undefined;
  const family = Math.floor(definition / 100);
  if (family === 1000) return `${shortSide}p`;
  return family === 1002 ? `HLS ${shortSide}p` : undefined;
}

/** `100010 · 360p`, or only the number. */
export function definitionLabel(definition: number): string {
  const preset = presetLabel(definition);
  return preset === undefined ? String(definition) : `${definition} · ${preset}`;
}
