/** Docker sends output of containers without a terminal in frames: 1 byte stream, 3 bytes nothing, 4 bytes length. */
const HEADER = 8;

/** Frames to bytes. Bytes that are no frames (a terminal) pass as they are; an unfinished last frame is kept as far as it came. */
export function demux(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + HEADER <= raw.length) {
    const framed = (raw[at] ?? 9) <= 2 && raw[at + 1] === 0 && raw[at + 2] === 0 && raw[at + 3] === 0;
    if (!framed) {
      return at === 0 ? raw : Buffer.concat([...parts, raw.subarray(at)]);
    }
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + HEADER, at + HEADER + length));
    at += HEADER + length;
  }
  return parts.length === 0 ? raw : Buffer.concat(parts);
}
