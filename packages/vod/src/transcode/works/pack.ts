import type { RunInput } from '../encode.ts';
import type { DemandedFiles } from '../transcode-plan.ts';

/** Puts encoded streams into their container as they are; each file is read once. @param codecs of the pictures, for HLS */
export function packArguments(
  { pictures, sounds }: DemandedFiles,
  mux: readonly string[],
  codecs: readonly string[] = [],
): { files: readonly RunInput[]; ffmpegArgs: readonly string[] } {
  const files = [...new Set([...pictures, ...sounds])];
  const maps = [
    ...pictures.map((file) => `${files.indexOf(file)}:v:0`),
    ...sounds.map((file) => `${files.indexOf(file)}:a:0`),
  ];
  // Annex B, also where the container turns it back: ffmpeg names the codecs in a master playlist from nothing else.
  const filters = codecs.flatMap((codec, index) =>
    codec === 'h264' || codec === 'hevc' ? [`-bsf:v:${index}`, `${codec}_mp4toannexb`] : [],
  );
  return {
    files: files.map((file) => ({ file })),
    ffmpegArgs: [...maps.flatMap((stream) => ['-map', stream]), '-c', 'copy', ...filters, ...mux],
  };
}
