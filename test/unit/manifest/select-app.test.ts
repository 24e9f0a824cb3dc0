import { describe, expect, it } from 'vitest';
import { appWithoutManifest, selectApp } from '../../../src/manifest/select-app.ts';
import { failureOf, parse, parseApp } from './manifest-text.ts';

const ONE = parse('applications: [{name: a, stack: s}]');
const NAMELESS = parse('applications: [{stack: s}]');
const TWO = parse('applications: [{name: a}, {name: b, stack: s}]');

describe('selectApp', () => {
  it.each([
    [ONE, undefined, 'a'],
    [ONE, '', 'a'],
    [ONE, 'a', 'a'],
    [ONE, 'other', 'other'],
    [NAMELESS, 'other', 'other'],
    [TWO, 'b', 'b'],
  ])('case %#', (manifest, name, expected) => {
    expect(selectApp(manifest, name)).toMatchObject({ name: expected, stack: 's' });
  });

  it('renames without touching the manifest', () => {
    selectApp(ONE, 'other');
    expect(ONE.apps[0]?.name).toBe('a');
  });

  const nameRequired =
    'Incorrect Usage: The push command requires an app name. The app name can be supplied as an argument or with a manifest.yml file.';

  it.each([
    [TWO, 'c', false, 'APP_NOT_FOUND', "Could not find app named 'c' in manifest"],
    [NAMELESS, undefined, false, 'USAGE', nameRequired],
    [{ apps: [], warnings: [] }, 'a', false, 'USAGE', nameRequired],
    [TWO, undefined, false, 'USAGE', 'Incorrect Usage: The manifest has 2 apps and none was named.'],
    [
      TWO,
      undefined,
      true,
      'USAGE',
      'Incorrect Usage: Command line flags (except -f and --no-start) cannot be applied when pushing multiple apps from a manifest file.',
    ],
  ])('failure %#', (manifest, name, withFlags, code, message) => {
    const failure = failureOf(() => selectApp(manifest, name, withFlags));
    expect([failure.code, failure.message]).toEqual([code, message]);
  });

  it('says which apps there are', () => {
    expect(failureOf(() => selectApp(TWO, 'c')).hint).toBe('The manifest has: a, b.');
  });
});

describe('appWithoutManifest', () => {
  it('is what a manifest with a bare name gives', () => {
    expect(appWithoutManifest('x')).toEqual(parseApp());
  });
});
