import type { Subtitle } from './playback.ts';

/** Elements for a video: the browser's own controls offer them. */
export function toTracks(subtitles: readonly Subtitle[]): HTMLTrackElement[] {
  return subtitles.map(({ url: src, language, name }) =>
    Object.assign(document.createElement('track'), {
      kind: 'subtitles',
      src,
      srclang: language,
      label: name,
    }),
  );
}
