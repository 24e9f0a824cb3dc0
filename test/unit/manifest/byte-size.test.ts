import { describe, expect, it } from 'vitest';
import { formatByteSize } from '../../../src/lifecycle/byte-format.ts';
import { parseByteSize, toMegabytes } from '../../../src/manifest/byte-size.ts';

describe('parseByteSize', () => {
  it.each([
    ['512M', 536870912],
    ['512MB', 536870912],
    ['512mib', 536870912],
    ['1G', 1073741824],
    ['1.5g', 1610612736],
    ['1T', 1099511627776],
    ['1K', 1024],
    ['1KB', 1024],
    ['224B', 224],
    ['0M', 0],
    ['-1B', -1],
    ['-1MB', -1048576],
    ['1.5B', 1],
    [' 2M ', 2097152],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseByteSize(text)).toEqual({ bytes });
  });

  it.each(['512', '-1', '0', '200INVALID', '1 M', '1.M', '5P', '1..5M', '1e3M'])(
    '%s lacks a unit',
    (text) => {
      expect(parseByteSize(text)).toEqual({ problem: 'must use a supported unit' });
    },
  );

  it.each(['', 'potato', 'M', '.5M', '+1M'])('%s is not a number', (text) => {
    expect(parseByteSize(text)).toEqual({ problem: 'is not a number' });
  });
});

describe('toMegabytes', () => {
  it.each([
    [1048576, 1],
    [1047552, 0],
    [1610612736, 1536],
    [-35, -0],
  ])('%d bytes are %d MB', (bytes, megabytes) => {
    expect(toMegabytes(bytes)).toBe(megabytes);
  });
});

describe('formatByteSize', () => {
  it.each([
    [0, '0B'],
    [224, '224B'],
    [1024, '1K'],
    [1536, '1.5K'],
    [34812723, '33.2M'],
    [1073741824, '1G'],
    [1099511627776, '1T'],
    [1125899906842624, '1024T'],
  ])('%d is %s', (bytes, text) => {
    expect(formatByteSize(bytes)).toBe(text);
  });
});
