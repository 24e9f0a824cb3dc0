const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Longest message in bytes. Source: executor depot/log_streamer/stream_destination.go `MAX_MESSAGE_SIZE`. */
export const MAX_MESSAGE_BYTES = 61_440;

/**
 * Cuts one output stream into messages as Diego's log streamer does: `\n` or `\r` ends a message, empty messages are
 * dropped, longer ones are split at MAX_MESSAGE_BYTES on a UTF-8 boundary. The result does not depend on how the
 * bytes were chunked.
 */
export class LineSplitter {
  #pending: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): string[] {
    const messages: string[] = [];
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let start = 0;
    while (true) {
      // No message in a block as short as this one is too long, so its lines are decoded at once: that is what costs.
      const limit = Math.min(bytes.length, start + MAX_MESSAGE_BYTES + 1);
      const block = bytes.subarray(start, limit);
      const end = Math.max(block.lastIndexOf(NEWLINE), block.lastIndexOf(CARRIAGE_RETURN));
      if (end >= 0) {
        addLines(messages, block.toString('utf8', 0, end));
        start += end + 1;
      } else if (block.length > MAX_MESSAGE_BYTES) {
        const cut = characterStart(bytes, start, start + MAX_MESSAGE_BYTES);
        messages.push(bytes.toString('utf8', start, cut));
        start = cut;
      } else {
        this.#pending = Buffer.from(block);
        return messages;
      }
    }
  }

  /** What was written without a line end, once the stream has ended. */
  end(): string[] {
    const rest = this.#pending;
    this.#pending = Buffer.alloc(0);
    return rest.length === 0 ? [] : [rest.toString('utf8')];
  }
}

function addLines(messages: string[], text: string): void {
  for (const line of text.includes('\r') ? text.split(/[\r\n]/) : text.split('\n')) {
    if (line !== '') messages.push(line);
  }
}

/** The last position at or before `at` where a UTF-8 character starts; `at` itself in bytes that are not UTF-8. */
function characterStart(bytes: Buffer, start: number, at: number): number {
  for (let cut = at; cut > start && at - cut < 4; cut -= 1) {
    if (((bytes[cut] ?? 0) & 0xc0) !== 0x80) return cut;
  }
  return at;
}
