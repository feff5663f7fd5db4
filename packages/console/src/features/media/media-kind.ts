export type MediaKind = 'video' | 'audio' | 'image';

const AUDIO = new Set(['mp3', 'm4a', 'aac', 'wav', 'flac', 'ogg', 'opus', 'wma', 'amr', 'audio']);
const IMAGE = new Set(['jpg', 'jpeg', 'png', 'gif', 'webp', 'bmp', 'avif', 'heic', 'image']);

/** @param type the file's type as the server has it: an extension such as `mp4`, or a MIME type. */
export function mediaKind(type: string): MediaKind {
  const name = type.toLowerCase();
  const [family = ''] = name.split('/');
  if (AUDIO.has(family)) return 'audio';
  return IMAGE.has(family) ? 'image' : 'video';
}
