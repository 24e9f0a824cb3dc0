const ESCAPES = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\x1b', '\\e'],
  ['\x7f', '\\x7F'],
]);

/** Ruby 3.3's `inspect` of a string. */
export function rubyString(text: string): string {
  const escaped = text.replace(/["\\\x00-\x1f\x7f]|#(?=[{$@])/g, (character) => {
    if (character === '#') return '\\#';
    return (
      ESCAPES.get(character) ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
    );
  });
  return `"${escaped}"`;
}
