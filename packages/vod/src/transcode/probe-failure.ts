import { MediaError, StillPictureError } from './media-error.ts';

interface Signature {
  readonly name: string;
  readonly starts: readonly string[];
  readonly isPicture?: true;
}

/** Things that people upload under a video's name, by their first bytes. */
const SIGNATURES: readonly Signature[] = [
  { name: 'a PNG image', starts: ['\x89PNG'], isPicture: true },
  { name: 'a JPEG image', starts: ['\xff\xd8\xff'], isPicture: true },
  { name: 'a PDF document', starts: ['%PDF'] },
  { name: 'a ZIP archive', starts: ['PK\x03\x04'] },
  { name: 'an HLS playlist', starts: ['#EXTM3U'] },
  { name: 'a concat script', starts: ['ffconcat'] },
  { name: 'an HTML page', starts: ['<!doctype html', '<html'] },
  { name: 'an XML document', starts: ['<?xml', '<svg', '<mpd'] },
];

/** Why ffprobe refused a file, in the documented codes: `Unsupported` is something else than media, `Malformed` is broken media. */
export function describeProbeFailure(
  result: { readonly exitCode: number | undefined; readonly stderr: readonly string[] },
  head: Buffer,
): MediaError {
  const known = recognise(head);
  if (known !== undefined) {
    const Failure = known.isPicture ? StillPictureError : MediaError;
    return new Failure('SourceFileError.ContentUnsupported', `not a media file: it is ${known.name}`);
  }
  if (result.exitCode === undefined) return new MediaError('InternalError', 'ffprobe was killed');
  const stderr = result.stderr.join('\n');
  if (stderr.includes('Format not on whitelist')) return unsupported('this kind of file is not accepted');
  if (stderr.includes('exceeds specified max pixel count'))
    return unsupported('the picture is larger than 8K');
  if (/Cannot allocate memory|Permission denied|Input\/output error/.test(stderr)) {
    return new MediaError('InternalError', 'the file could not be read on this machine');
  }
  const reason = stderr.includes('moov atom not found') ? 'moov atom not found' : 'no known container in it';
  return new MediaError('SourceFileError.ContentMalformed', `not a media file: ${reason}`);
}

function unsupported(message: string): MediaError {
  return new MediaError('SourceFileError.ContentUnsupported', message);
}

function recognise(head: Buffer): Pick<Signature, 'name' | 'isPicture'> | undefined {
  const start = head.toString('latin1').trimStart().toLowerCase();
  const signature = SIGNATURES.find(({ starts }) =>
    starts.some((text) => start.startsWith(text.toLowerCase())),
  );
  return signature ?? (isPlainText(head) ? { name: 'a text file' } : undefined);
}

function isPlainText(head: Buffer): boolean {
  // A sample cut in the middle of a character shows as one replacement character at the very end.
  const text = head.toString('utf8').replace(/\ufffd$/, '');
  // oxlint-disable-next-line no-control-regex -- control characters are what tells binary from text
  return !/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text);
}
