/** 8K, 8192×4320: the largest picture that is decoded. */
export const MAX_PIXELS = 35_389_440;

/**
 * Demuxers for what the cloud documents as uploadable, less those that open other files (hls, dash, concat, sdp, image sequences):
 * a playlist named .mp4 would otherwise read another tenant's file. Names, not extensions: content decides the demuxer.
 */
const FORMATS =
  'mov,matroska,mpegts,avi,flv,asf,mpeg,mpegvideo,h264,hevc,gif,mxf,rm,mp3,aac,wav,ogg,flac,amr';

/** Arguments for ffmpeg and ffprobe alike that must stand before every untrusted `-i`; ends with the input itself. */
export function guardedInput(path: string): string[] {
  return [
    ['-protocol_whitelist', 'file', '-format_whitelist', FORMATS],
    ['-max_pixels', String(MAX_PIXELS), '-max_alloc', '1073741824'],
    ['-probesize', '20M', '-analyzeduration', '20M'],
    // Without the prefix a file called `concat:a|b` or `http:x` is taken for a protocol.
    ['-i', `file:${path}`],
  ].flat();
}

/** Formats of pictures by content, each alone: a list of pictures would open other files. */
export const PICTURE_FORMATS = 'png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,gif,apng';

/** The same for a picture that stands still. */
export function guardedPicture(path: string): string[] {
  return [
    ['-protocol_whitelist', 'file', '-format_whitelist', PICTURE_FORMATS],
    ['-max_pixels', String(MAX_PIXELS), '-max_alloc', '1073741824'],
    ['-i', `file:${path}`],
  ].flat();
}
