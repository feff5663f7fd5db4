/** One message on the control channel: a small JSON header and a body that is passed on untouched. */
export interface Frame {
  header: unknown;
  body: Buffer;
}

/** uint32 header length, uint32 body length, both big-endian. */
const PREFIX_BYTES = 8;
const MAX_HEADER_BYTES = 64 * 1024;

/** The parts of a frame in the order in which they are written; a large body is not copied. */
export function encodeFrame(header: object, body: Buffer): [head: Buffer, body: Buffer] {
  const text = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(text.length, 0);
  prefix.writeUInt32BE(body.length, 4);
  return [Buffer.concat([prefix, text]), body];
}

/**
 * Collects chunks until a frame is complete. Chunks are joined once per frame, not once per chunk: a socket hands
 * out 64 KiB at a time, and joining each time made a 6 MB frame take seconds.
 *
 * @throws Error from the returned function when a length is over the limit: the peer does not speak this protocol
 */
export function createFrameDecoder(options: {
  maxBodyBytes: number;
  onFrame: (frame: Frame) => void;
}): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let size = 0;
  let needed = PREFIX_BYTES;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    while (size >= needed) {
      const joined = Buffer.concat(chunks, size);
      chunks = [joined];
      const end = frameEnd(joined, options.maxBodyBytes);
      if (size < end) {
        needed = end;
        break;
      }
      options.onFrame(parseFrame(joined, end));
      chunks = [joined.subarray(end)];
      size -= end;
      needed = PREFIX_BYTES;
    }
  };
}

function frameEnd(bytes: Buffer, maxBodyBytes: number): number {
  const headerBytes = bytes.readUInt32BE(0);
  const bodyBytes = bytes.readUInt32BE(4);
  if (headerBytes > MAX_HEADER_BYTES || bodyBytes > maxBodyBytes) {
    throw new Error(`a frame of ${headerBytes} and ${bodyBytes} bytes is over the limit`);
  }
  return PREFIX_BYTES + headerBytes + bodyBytes;
}

function parseFrame(bytes: Buffer, end: number): Frame {
  const bodyStart = PREFIX_BYTES + bytes.readUInt32BE(0);
  const header: unknown = JSON.parse(bytes.toString('utf8', PREFIX_BYTES, bodyStart));
  return { header, body: bytes.subarray(bodyStart, end) };
}
