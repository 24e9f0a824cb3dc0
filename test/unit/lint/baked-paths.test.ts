import { describe, expect, test } from 'vitest';
import { foundIn, SOUND } from './lint-fixtures.ts';

/** Findings in a bin/supply of these lines; the first is line 2. */
function inSupply(...lines: string[]): string[] {
  return foundIn({ ...SOUND, 'bin/supply': ['#!/bin/bash', ...lines, ''].join('\n') });
}

const at = (line: number, severity: string) => [`path-baked-in ${severity} bin/supply:${line}`];

describe('while staging', () => {
  test.each<[string, string[]]>([
    ['cd /tmp/app', at(2, 'warning')],
    ['cp x "/tmp/app/y"', at(2, 'warning')],
    ['cd /home/vcap/app', at(2, 'warning')],
    ['ls /tmp/contents/deps', at(2, 'error')],
    ['ls /tmp/contents123456/deps', at(2, 'error')],
    ['ls -d /tmp/contents*/deps', at(2, 'warning')],
    ['touch /tmp/cache/x', at(2, 'warning')],
    ['ls /tmp/deps/0', at(2, 'error')],
    ['# cd /tmp/app', []],
    ['build=$1 # /tmp/app', []],
    ['  // cd /tmp/app', []],
    [' * cd /tmp/app', []],
    ['*) cd /tmp/app ;;', at(2, 'warning')],
    ['echo "# no comment /tmp/app"', at(2, 'warning')],
    ['x=${y#/tmp/app}', at(2, 'warning')],
    ['build=${1:-/tmp/app}', []],
    ['cd /tmp/apps /tmp/app-x /tmp/app.tgz /tmp/app_y', []],
    ['cd "$root/tmp/app" ./tmp/app /x/tmp/app', []],
    ['rm /tmp/contents.txt /tmp/contents-of', []],
  ])('%s', (line, findings) => {
    expect(inSupply(line)).toEqual(findings);
  });

  test('a directory that the script makes for itself is its own', () => {
    expect(inSupply('mkdir -p /tmp/deps', 'tar -x -C /tmp/deps')).toEqual([]);
  });
});

describe('in what runs later', () => {
  test.each<[string, string[], string[]]>([
    [
      'launch.yml',
      ['cat >"$3/$4/launch.yml" <<Y', 'processes: [{type: x, command: /tmp/app/x}]', 'Y'],
      at(3, 'error'),
    ],
    ['profile.d', ["cat > $3/$4/profile.d/a.sh <<'S'", 'PATH=/tmp/cache/x', 'S'], at(3, 'error')],
    ['profile.d by echo', ['echo "export A=/tmp/app/a" > "$d/profile.d/a.sh"'], at(2, 'error')],
    ['the fifth argument', ['echo "export A=/tmp/app/a" > "$5/a.sh"'], at(2, 'error')],
    [
      'by a variable',
      ['f="$3/$4/launch.yml"', 'cat > "$f" <<-Y', '\tprocesses: [{type: x, command: /tmp/deps/0/x}]', '\tY'],
      at(4, 'error'),
    ],
    ['$HOME spelt out', ['echo "A=/home/vcap/app" > "$5/a.sh"'], at(2, 'warning')],
    ['a comment there', ["cat > $3/$4/profile.d/a.sh <<'S'", '# /tmp/app', 'S'], []],
    ['a file of the app', ['cat > "$1/run" <<S', 'cd /home/vcap/app', 'S'], []],
    ['after a here-doc', ['cat > "$1/run" <<S', 'x', 'S', 'cd /tmp/deps'], at(5, 'error')],
    ['no here-doc', ['x=$((1 << n))', 'cd /tmp/deps'], at(3, 'error')],
    ['a here-string', ['cat <<<EOF', 'cd /tmp/deps'], at(3, 'error')],
  ])('%s', (_, lines, findings) => {
    expect(inSupply(...lines)).toEqual(findings);
  });

  test('files that are checked in', () => {
    expect(
      foundIn({
        ...SOUND,
        'files/profile.d/a.sh': 'cd /tmp/app\n',
        'files/launch.yml': 'processes:\n- {type: x, command: /tmp/app/x}\n',
        'lib/part.sh': 'cd /tmp/deps\n',
        'fixtures/app/run.sh': 'cd /tmp/deps\n',
        'vendor/tool/x.sh': 'cd /tmp/deps\n',
        'README.md': 'cd /tmp/deps\n',
      }),
    ).toEqual([
      'path-baked-in error files/launch.yml:2',
      'path-baked-in error files/profile.d/a.sh:1',
      'path-baked-in error lib/part.sh:1',
    ]);
  });
});
