import { describe, expect, it } from 'vitest';
import { standInChanges, standInDigest, standInImage } from '../../../src/stack/stand-in.ts';

const build = { name: 'build.sh', text: 'exec mmdebstrap' };
const packages = { name: 'packages.txt', text: 'bash\n' };

describe('standInDigest', () => {
  it('does not depend on the order of the files', () => {
    expect(standInDigest([build, packages])).toBe(standInDigest([packages, build]));
  });

  it.each([
    ['a text', [build, { ...packages, text: 'bash\njq\n' }]],
    ['a name', [build, { ...packages, name: 'tools.txt' }]],
    ['the number of files', [build]],
    ['where one file ends', [{ name: 'build.sh', text: 'exec mmdebstrappackages.txtbash\n' }]],
  ])('changes with %s', (_what, files) => {
    expect(standInDigest(files)).not.toBe(standInDigest([build, packages]));
  });
});

it('tags and labels a stand-in for its stack', () => {
  expect(standInImage('cflinuxfs4')).toBe('cfstage/cflinuxfs4:stand-in');
  expect(standInChanges('cflinuxfs4', 'abc')).toEqual([
    'LABEL cfstage=1 cfstage.role=stack cfstage.stack=cflinuxfs4 cfstage.stand-in.digest=abc',
    'USER 2000:2000',
    'CMD ["/bin/bash"]',
  ]);
});
