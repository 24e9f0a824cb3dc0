const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MAGIC = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;

/** What a capture holds of one packet. */
export interface CapturedPacket {
  /** As LINKTYPE_… numbers it. */
  readonly linkType: number;
  readonly bytes: Buffer;
}

/**
 * Cuts a stream in pcap format, of either byte order, into its packets.
 * Source: IETF draft-ietf-opsawg-pcap.
 */
export class PcapReader {
  #held: Buffer = Buffer.alloc(0);
  #header: { readonly littleEndian: boolean; readonly linkType: number } | undefined;

  /** The packets that are complete with this chunk. Throws for what is no such stream. */
  read(chunk: Buffer): readonly CapturedPacket[] {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const packets: CapturedPacket[] = [];
    const header = (this.#header ??= this.#readHeader());
    if (header === undefined) return packets;
    for (;;) {
      if (this.#held.length < RECORD_HEADER) return packets;
      const captured = header.littleEndian ? this.#held.readUInt32LE(8) : this.#held.readUInt32BE(8);
      const end = RECORD_HEADER + captured;
      if (this.#held.length < end) return packets;
      packets.push({ linkType: header.linkType, bytes: this.#held.subarray(RECORD_HEADER, end) });
      this.#held = this.#held.subarray(end);
    }
  }

  /** Whether the capture has begun. */
  get hasBegun(): boolean {
    return this.#header !== undefined;
  }

  #readHeader() {
    if (this.#held.length < FILE_HEADER) return undefined;
    const littleEndian = isMagic(this.#held.readUInt32LE(0));
    if (!littleEndian && !isMagic(this.#held.readUInt32BE(0))) throw new Error('This is no pcap stream');
    const linkType = littleEndian ? this.#held.readUInt32LE(20) : this.#held.readUInt32BE(20);
    this.#held = this.#held.subarray(FILE_HEADER);
    // The upper bits tell of a frame check sequence.
    return { littleEndian, linkType: linkType & 0xffff };
  }
}

function isMagic(value: number): boolean {
  return value === MAGIC || value === MAGIC_NANOSECONDS;
}
