import { definitionLabel } from '../../shared/format/preset.ts';
import type { MediaDetail } from './media-types.ts';

/** Something that can be played: the source (definition null), a rendition, or an adaptive stream. */
export interface Variant {
  key: string;
  definition: number | null;
  url: string;
  sizeBytes: number;
  width: number | null;
  height: number | null;
  /** Of an adaptive stream. */
  package: 'HLS' | 'DASH' | null;
}

/** The source first, unless it is gone, then the renditions by definition, then the streams. */
export function variantsOf(media: MediaDetail): Variant[] {
  const { mediaUrl: url, sizeBytes, width, height } = media;
  const renditions = media.outputs
    .toSorted((a, b) => a.definition - b.definition)
    .map((output) => ({ key: String(output.definition), ...output, package: null }));
  const streams = media.playback.streams.map((stream) => ({
    key: `stream-${stream.definition}`,
    ...stream,
    width: null,
    height: null,
  }));
  const source = { key: 'source', definition: null, url, sizeBytes, width, height, package: null };
  return [...(url === '' ? [] : [source]), ...renditions, ...streams];
}

/** @param source what the source is called */
export function variantName({ definition, package: packaging }: Variant, source: string): string {
  if (definition === null) return source;
  return packaging === null ? definitionLabel(definition) : `${definition} · ${packaging}`;
}
