import { describe, expect, it } from 'vitest';
import { messagesOf, parseApp } from './manifest-text.ts';

/** What the app sees for `V: <yaml>`. */
function seen(yaml: string): string | undefined {
  return parseApp('env:', `  V: ${yaml}`).env['V'];
}

describe('values of env', () => {
  it.each([
    // booleans
    ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((t) => [t, 'true']),
    ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((t) => [t, 'false']),
    ['yEs', 'yEs'],
    // null
    ['', ''],
    ['~', ''],
    ['null', ''],
    ['Null', ''],
    ['NULL', ''],
    ['nUll', 'nUll'],
    // integers
    ['0777', '511'],
    ['0x1F', '31'],
    ['0o17', '15'],
    ['0b101', '5'],
    ['1_000', '1000'],
    ['-12', '-12'],
    ['+12', '12'],
    ['-0x10', '-16'],
    ['0', '0'],
    ['00', '0'],
    ['18446744073709551615', '18446744073709551615'],
    ['9007199254740993', '9007199254740993'],
    ['18446744073709551616', '1.8446744073709552e+19'],
    ['0x', '0x'],
    ['0b12', '0b12'],
    // floats
    ['1.10', '1.1'],
    ['1.0', '1'],
    ['1.', '1'],
    ['.5', '0.5'],
    ['1e3', '1000'],
    ['1e6', '1e+06'],
    ['1.5e6', '1500000.0'],
    ['1234567.5', '1234567.5'],
    ['0.0001', '0.0001'],
    ['0.000015', '1.5e-05'],
    ['08', '8'],
    ['.inf', 'Infinity'],
    ['-.Inf', '-Infinity'],
    ['.NaN', 'NaN'],
    ['1.2.3', '1.2.3'],
    ['10.0.0.1', '10.0.0.1'],
    ['v1.0', 'v1.0'],
    // sexagesimal and near-dates stay text
    ['12:30:45', '12:30:45'],
    ['2020-13-01', '2020-13-01'],
    ['2020-02-30', '2020-02-30'],
    ['2020-1', '2020-1'],
    // quoted
    ['"yes"', 'yes'],
    ["'0777'", '0777'],
    ['"1.10"', '1.10'],
    ['"~"', '~'],
    ['"2020-01-01"', '2020-01-01'],
    ['!!str 0777', '0777'],
    // lists and maps
    ['{a: b}', '{:a=>"b"}'],
    ['[1, 2]', '[1, 2]'],
    ['[]', '[]'],
    ['{}', '{}'],
    ['[~, yes, 1.5, "x\\ny"]', '[nil, true, 1.5, "x\\ny"]'],
    ['{a-b: {1: "q\\"#{z}"}}', '{:"a-b"=>{1=>"q\\"\\#{z}"}}'],
    ['["\\e\\x01#"]', '["\\e\\u0001#"]'],
  ])('%j is seen as %j', (yaml, text) => {
    expect(seen(yaml)).toBe(text);
  });

  it.each([
    '2020-01-01',
    '2020-1-2',
    '2020-01-01T10:00:00Z',
    '2020-01-01 10:00:00',
    '[2020-01-01]',
    '{a: 2020-01-01}',
  ])('the date %s has to be quoted', (yaml) => {
    const [message] = messagesOf(() => seen(yaml));
    expect(message).toMatch(
      /^For application 'x': Env 'V' is a date that Cloud Foundry cannot take; quote it: "2020-/,
    );
  });

  it('keeps the case of names and odd ones', () => {
    expect(parseApp('env:', '  Some-Name: 1', '  __proto__: 2').env).toEqual(
      Object.fromEntries([
        ['Some-Name', '1'],
        ['__proto__', '2'],
      ]),
    );
  });
});

describe('names in env', () => {
  it.each([
    ['VCAP_X', 'cannot start with VCAP_'],
    ['vcap_x', 'cannot start with VCAP_'],
    ['VMC', 'cannot start with VMC_'],
    ['vmcfoo', 'cannot start with VMC_'],
    ['PORT', 'cannot set PORT'],
    ['Port', 'cannot set PORT'],
    ['""', 'key must be a minimum length of 1'],
    ['1', 'key must be a string'],
    ['on', 'key must be a string'],
  ])('%s is refused', (name, complaint) => {
    expect(messagesOf(() => parseApp('env:', `  ${name}: v`))).toEqual([
      `For application 'x': Env ${complaint}`,
    ]);
  });

  it.each(['VCAP', 'XPORT', 'PORTS', 'MEMORY_LIMIT', 'CF_INSTANCE_IP'])('%s is allowed', (name) => {
    expect(parseApp('env:', `  ${name}: v`).env).toEqual({ [name]: 'v' });
  });

  it.each(['im a non-hash', '[a]', '', '5'])('env: %j is not a map', (env) => {
    expect(messagesOf(() => parseApp(`env: ${env}`))).toEqual([
      "For application 'x': Env must be an object of keys and values",
    ]);
  });
});
