/** Extensions that the cloud takes (Media Upload Overview), with what to call them on the wire. */
const CONTENT_TYPES = {
  Video: {
    mp4: 'video/mp4',
    m4v: 'video/x-m4v',
    mov: 'video/quicktime',
    qt: 'video/quicktime',
    webm: 'video/webm',
    mkv: 'video/x-matroska',
    ts: 'video/mp2t',
    m3u8: 'application/vnd.apple.mpegurl',
    mpg: 'video/mpeg',
    mpeg: 'video/mpeg',
    mpe: 'video/mpeg',
    vob: 'video/mpeg',
    dat: 'video/mpeg',
    '3gp': 'video/3gpp',
    flv: 'video/x-flv',
    f4v: 'video/mp4',
    avi: 'video/x-msvideo',
    wmv: 'video/x-ms-wmv',
    asf: 'video/x-ms-asf',
    wm: 'video/x-ms-wm',
    asx: 'video/x-ms-asf',
    rm: 'application/vnd.rn-realmedia',
    ram: 'application/vnd.rn-realmedia',
    rmvb: 'application/vnd.rn-realmedia-vbr',
    mxf: 'application/mxf',
    mp4v: 'video/mp4',
  },
  Audio: {
    mp3: 'audio/mpeg',
    m4a: 'audio/mp4',
    aac: 'audio/aac',
    flac: 'audio/flac',
    ogg: 'audio/ogg',
    wav: 'audio/wav',
    ra: 'audio/x-realaudio',
    amr: 'audio/amr',
  },
  Image: {
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    png: 'image/png',
    gif: 'image/gif',
    bmp: 'image/bmp',
    tif: 'image/tiff',
    tiff: 'image/tiff',
    webp: 'image/webp',
    ai: 'application/postscript',
    eps: 'application/postscript',
    cdr: 'application/octet-stream',
  },
} as const;

export type MediaCategory = keyof typeof CONTENT_TYPES;

export interface FileType {
  readonly extension: string;
  readonly category: MediaCategory;
  readonly contentType: string;
}

const FILE_TYPES: ReadonlyMap<string, FileType> = new Map(
  (Object.keys(CONTENT_TYPES) as MediaCategory[]).flatMap((category) =>
    Object.entries(CONTENT_TYPES[category]).map(([extension, contentType]) => [
      extension,
      { extension, category, contentType },
    ]),
  ),
);

/** The type for a file extension (any case, with or without the dot), or undefined for one the cloud refuses. */
export function findFileType(extension: string): FileType | undefined {
  return FILE_TYPES.get(extension.toLowerCase().replace(/^\./, ''));
}

/** The type that a Content-Type stands for, when it stands for one; the first extension of several. */
export function findFileTypeByContent(contentType: string): FileType | undefined {
  const known = contentType === 'application/x-mpegurl' ? 'application/vnd.apple.mpegurl' : contentType;
  if (known === 'application/octet-stream') return undefined;
  return [...FILE_TYPES.values()].find((type) => type.contentType === known);
}

/** What only results have: nobody uploads these. */
const RESULT_TYPES: Readonly<Record<string, string>> = {
  m4s: 'video/iso.segment',
  mpd: 'application/dash+xml',
  vtt: 'text/vtt',
};

/** The content type of a result's file, by its name. */
export function contentTypeOf(fileName: string): string {
  const extension = fileName.slice(fileName.lastIndexOf('.') + 1);
  return RESULT_TYPES[extension] ?? findFileType(extension)?.contentType ?? 'application/octet-stream';
}
