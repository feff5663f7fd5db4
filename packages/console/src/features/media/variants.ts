import type { MediaDetail } from './media-types.ts';

/** Something that can be played: the source (definition null) or a rendition. */
export interface Variant {
  key: string;
  definition: number | null;
  url: string;
  sizeBytes: number;
  width: number | null;
  height: number | null;
}

/** The source first, unless it is gone, then the renditions by definition. */
export function variantsOf(media: MediaDetail): Variant[] {
  const { mediaUrl: url, sizeBytes, width, height } = media;
  const renditions = media.outputs
    .toSorted((a, b) => a.definition - b.definition)
    .map((output) => ({ key: String(output.definition), ...output }));
  const source = { key: 'source', definition: null, url, sizeBytes, width, height };
  return url === '' ? renditions : [source, ...renditions];
}
