import { describe, expect, test } from 'vitest';
import { declarationsOf } from '../../../src/lint/launch-declarations.ts';
import { buildpackOf, found, foundIn, orderOf, SCRIPT, SOUND, type Tree } from './lint-fixtures.ts';

const AGENT = `processes:
- type: agent
  command: "./agent"
  limits:
    memory: 64
  platforms:
    cloudfoundry:
      sidecar_for: ["web"]
- type: worker
  command: w`;

function withSupply(text: string): Tree {
  return { ...SOUND, 'bin/supply': SCRIPT + text };
}

const WRITES = withSupply(`cat > "$3/$4/launch.yml" <<'Y'\n${AGENT}\nY\n`);

describe('what a launch.yml declares is found', () => {
  const both = ['agent bin/supply:4', 'worker bin/supply:11'];
  test.each<[string, Tree, string[]]>([
    ['in a here-doc', WRITES, both],
    ['in a here-doc that is expanded', withSupply(`cat <<Y >$3/$4/launch.yml\n${AGENT}\nY\n`), both],
    [
      'by the name of a variable',
      withSupply(`f=$3/$4/launch.yml\ncat <<Y >"$f"\n${AGENT}\nY\n`),
      ['agent bin/supply:5', 'worker bin/supply:12'],
    ],
    ['through tee', withSupply(`tee "$3/$4/launch.yml" <<Y >/dev/null\n${AGENT}\nY\n`), both],
    ['in the quotes of echo', withSupply(`echo '---\n${AGENT}\n' > "$3"/"$4"/launch.yml\n`), both],
    [
      'in the quotes of printf',
      withSupply(`printf "\n${AGENT.replaceAll('"', '\\"')}" >$3/$4/launch.yml\n`),
      both,
    ],
    ['in a file', { ...SOUND, 'launch.yml': AGENT }, ['agent launch.yml:2', 'worker launch.yml:9']],
    ['in a file of a test', { ...SOUND, 'fixtures/launch.yml': AGENT }, []],
    ['elsewhere', withSupply(`cat > "$3/$4/lunch.yml" <<'Y'\n${AGENT}\nY\n`), []],
    [
      'but for names that only the run tells',
      withSupply(`cat > $3/$4/launch.yml <<Y\n${AGENT.replace('agent', '$NAME-agent')}\nY\n`),
      ['worker bin/supply:11'],
    ],
    [
      'also where a variable is meant for later',
      withSupply(`cat > $3/$4/launch.yml <<Y\n${AGENT.replace('./agent', '\\$DEPS_DIR/a')}\nY\n`),
      both,
    ],
  ])('%s', (_, tree, expected) => {
    const declarations = declarationsOf(buildpackOf('', tree), 0);
    expect(declarations.map(({ process, file, line }) => `${process.type} ${file}:${line}`)).toEqual(
      expected,
    );
  });

  test('with its command, as the shell will have written it', () => {
    const text = 'processes: [{type: a, command: "\\$HOME/a $4 \\`x\\`"}]';
    const tree = withSupply(`cat > $3/$4/launch.yml <<Y\n${text}\nY\n`);
    expect(declarationsOf(buildpackOf('', tree), 0)[0]?.process.command).toBe('$HOME/a \uE000 `x`');
  });
});

describe('a launch.yml that nobody reads', () => {
  const ten = (at: number, tree: Tree) => Array.from({ length: 10 }, (_, i) => (i === at ? tree : SOUND));
  const mentions = withSupply('if [ -f "$3/0/launch.yml" ]; then echo; fi\n');
  test.each<[string, Tree[], boolean, string[]]>([
    ['of nine', ten(0, WRITES).slice(0, 9), true, []],
    ['of ten', ten(0, WRITES), true, ['launch-yml-ignored error a/bin/supply:3']],
    ['the last of ten', ten(9, WRITES), true, ['launch-yml-ignored error j/bin/supply:3']],
    ['the eleventh', [...ten(0, SOUND), WRITES], true, []],
    ['only spoken of', ten(0, mentions), true, ['launch-yml-ignored warning a/bin/supply:2']],
    ['in a comment', ten(0, withSupply('# no launch.yml\n')), true, []],
    [
      'copied',
      ten(0, withSupply('cp x.yml "$3/$4/launch.yml"\n')),
      true,
      ['launch-yml-ignored error a/bin/supply:2'],
    ],
    [
      'checked in',
      ten(0, { ...SOUND, 'launch.yml': AGENT }),
      true,
      ['launch-yml-ignored error a/launch.yml:1'],
    ],
    ['detected among two', [SOUND, WRITES], false, ['launch-yml-ignored error b/bin/supply:3']],
    ['detected alone', [WRITES], false, []],
  ])('%s', (_, trees, skipDetect, findings) => {
    expect(found(orderOf(trees, { skipDetect }))).toEqual(findings);
  });

  test('one that is never detected is not judged', () => {
    const tree = { 'bin/finalize': SCRIPT, 'bin/release': SCRIPT, 'launch.yml': AGENT };
    expect(found(orderOf([SOUND, tree], { skipDetect: false }))).toEqual([
      'script-missing error b/bin/detect',
    ]);
  });
});

test.each<[string, string, string[]]>([
  ['a list at the top', '- type: x', ['launch-yml-invalid error launch.yml:1']],
  [
    'memory with a unit',
    'processes: [{type: x, limits: {memory: 64M}}]',
    ['launch-yml-invalid error launch.yml:1'],
  ],
  ['broken YAML', 'processes: [', ['launch-yml-invalid error launch.yml:1']],
  ['a template', 'processes: {{ processes }}', []],
  ['nothing', '', []],
])('syntax: %s', (_, text, findings) => {
  expect(foundIn({ ...SOUND, 'launch.yml': text })).toEqual(findings);
});
