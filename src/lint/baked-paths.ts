import { launchYmlFiles, scriptsOf } from './buildpack-files.ts';
import type { Finding, Severity } from './finding.ts';
import { readShellText, type ShellLine } from './shell-text.ts';
import { shownPath, type LintedBuildpack, type LintSubject } from './subject.ts';

/** When a line counts: `unknown` is text that goes into a file nobody knows. */
type Moment = 'staging' | 'launch' | 'unknown';

interface BakedPath {
  readonly path: RegExp;
  readonly shown: string;
  /** What it means at a moment; none is no finding. */
  readonly judgements: Readonly<Partial<Record<Moment, readonly [Severity, why: string, advice: string]>>>;
  /** A directory of this name may be the script's own. */
  readonly mayBeOwn?: boolean;
}

const AT_LAUNCH = 'Use $HOME for the app and $DEPS_DIR/INDEX for what the buildpack installed.';
const STAGING_ONLY: readonly [Severity, string, string] = [
  'error',
  'exists only while staging, not where the app runs',
  AT_LAUNCH,
];
const RANDOM: readonly [Severity, string, string] = [
  'error',
  'gets another random name in every staging',
  'Take the deps directory from the third argument, and profile.d from the fifth of bin/finalize.',
];

/** A path by itself: not the end of a longer one, not the beginning of another name. */
function whole(path: string): RegExp {
  return new RegExp(String.raw`(?<![\w.})\]*-])${path}(?![\w.*-])`);
}

/** Source: cf-runtime.md §1.2; the paths are those of lifecycle/container-paths.ts. */
const BAKED_PATHS: readonly BakedPath[] = [
  {
    path: whole('/tmp/app'),
    shown: '/tmp/app',
    judgements: {
      staging: [
        'warning',
        'is where a cell has the app today, but a buildpack is told in its first argument',
        'Use the first argument.',
      ],
      launch: STAGING_ONLY,
    },
  },
  {
    path: whole('/home/vcap/app'),
    shown: '/home/vcap/app',
    judgements: {
      staging: [
        'warning',
        'is empty while staging: the app is moved there when it starts',
        'Use the first argument, or $HOME in what runs later.',
      ],
      launch: ['warning', 'is what $HOME says wherever the app runs', AT_LAUNCH],
    },
  },
  {
    path: whole('/tmp/contents(?:\\d+)?'),
    shown: '/tmp/contents',
    judgements: { staging: RANDOM, launch: STAGING_ONLY, unknown: RANDOM },
    mayBeOwn: true,
  },
  {
    path: /(?<![\w.})\]*-])\/tmp\/contents(?:[*?]|\[)/,
    shown: '/tmp/contents*',
    judgements: {
      staging: ['warning', 'finds the deps directory only by luck', RANDOM[2]],
      launch: STAGING_ONLY,
      unknown: ['warning', 'finds the deps directory only by luck', RANDOM[2]],
    },
  },
  {
    path: whole('/tmp/cache'),
    shown: '/tmp/cache',
    judgements: {
      staging: [
        'warning',
        'is not the cache of a buildpack: whatever lies directly in it is deleted by the next staging',
        'Use the second argument.',
      ],
      launch: STAGING_ONLY,
    },
  },
  {
    path: whole('/tmp/deps'),
    shown: '/tmp/deps',
    judgements: {
      staging: [
        'error',
        'does not exist, whatever the documentation says: the deps directory is /tmp/contents and random digits',
        'Use the third argument.',
      ],
      launch: STAGING_ONLY,
    },
    mayBeOwn: true,
  },
];

/** Paths of the platform written out in scripts, in profile.d and in launch.yml; comments do not count. */
export function bakedPaths({ buildpacks }: LintSubject): Finding[] {
  return buildpacks.flatMap((buildpack) => [
    ...scriptsOf(buildpack).flatMap(({ path, text, profile }) =>
      inText(buildpack, path, text, profile ? 'launch' : 'staging'),
    ),
    ...launchYmlFiles(buildpack).flatMap(({ path, text }) => inText(buildpack, path, text, 'launch')),
  ]);
}

function inText(buildpack: LintedBuildpack, path: string, text: string, moment: Moment): Finding[] {
  const { lines } = readShellText(text);
  const baked = BAKED_PATHS.filter(
    (candidate) => candidate.mayBeOwn !== true || !lines.some(({ code }) => makes(code, candidate.path)),
  );
  return lines.flatMap((line) =>
    baked.flatMap(({ path: pattern, shown, judgements }): Finding[] => {
      const judgement = judgements[momentOf(line, moment)];
      if (judgement === undefined || !occurs(line.code, pattern)) return [];
      const [severity, why, advice] = judgement;
      const file = shownPath(buildpack, path);
      return [{ rule: 'path-baked-in', severity, file, line: line.number, why: `${shown} ${why}`, advice }];
    }),
  );
}

function makes(code: string, path: RegExp): boolean {
  return /\bmkdir\b/.test(code) && path.test(code);
}

/** Not as the default of a parameter that the platform always gives: `${1:-/tmp/app}`. */
function occurs(code: string, path: RegExp): boolean {
  return path.test(code.replace(/:?[-=]\/[^}\s]*\}/g, '}'));
}

function momentOf({ code, into, inText }: ShellLine, own: Moment): Moment {
  if (own === 'launch') return own;
  const echoed = into !== undefined && /(?:^|[\s;&|({])(?:echo|printf)\b/.test(code);
  if (!inText && !echoed) return own;
  return /(?:^|\/)\.?profile\.d\/|^\$\{?5\b|(?:^|\/)launch\.yml$/.test(into ?? '') ? 'launch' : 'unknown';
}
