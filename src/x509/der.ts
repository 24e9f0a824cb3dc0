/** A value in DER, the encoding of certificates (ITU-T X.690). */
export type Der = Uint8Array;

export function sequence(...parts: readonly Der[]): Der {
  return element(0x30, ...parts);
}

/** DER orders the members of a SET OF by their bytes. */
export function setOf(...parts: readonly Der[]): Der {
  return element(0x31, ...parts.toSorted((a, b) => Buffer.compare(a, b)));
}

/** A whole number that is not negative, most significant byte first. */
export function integer(bytes: Uint8Array): Der {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? Uint8Array.of(0) : bytes.subarray(start);
  // A leading bit would make it negative.
  return (digits[0] ?? 0) < 0x80 ? element(0x02, digits) : element(0x02, Uint8Array.of(0), digits);
}

export function boolean(value: boolean): Der {
  return element(0x01, Uint8Array.of(value ? 0xff : 0));
}

export function octetString(content: Uint8Array): Der {
  return element(0x04, content);
}

/** Whole bytes as a bit string. */
export function bitString(content: Uint8Array): Der {
  return element(0x03, Uint8Array.of(0), content);
}

/** Named bits, 0 being the first; trailing zeros are left out. */
export function namedBits(...bits: readonly number[]): Der {
  const last = Math.max(...bits);
  const bytes = new Uint8Array(Math.floor(last / 8) + 1);
  for (const bit of bits) {
    const index = Math.floor(bit / 8);
    bytes[index] = (bytes[index] ?? 0) | (0x80 >> (bit % 8));
  }
  return element(0x03, Uint8Array.of(7 - (last % 8)), bytes);
}

/** E.g. `2.5.4.3`. */
export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

export function nothing(): Der {
  return element(0x05);
}

/** PrintableString where its characters suffice, else UTF8String. */
export function text(value: string): Der {
  const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value);
  return element(printable ? 0x13 : 0x0c, Buffer.from(value));
}

/** To the second, in UTC; UTCTime ends with 2049. */
export function time(date: Date): Der {
  const digits = `${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}

/** `[number]` around the content: of one value (explicit), or in place of its own tag (implicit). */
export function tagged(number: number, form: 'explicit' | 'implicit', content: Uint8Array): Der {
  return element((form === 'explicit' ? 0xa0 : 0x80) | number, content);
}

function element(tag: number, ...contents: readonly Uint8Array[]): Der {
  const length = contents.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return Buffer.concat([Uint8Array.of(tag, ...lengthBytes(length)), ...contents]);
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

function base128(value: number): readonly number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift(0x80 | (rest % 128));
  }
  return digits;
}
