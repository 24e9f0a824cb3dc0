import { launchYmlFiles, scriptsOf } from './buildpack-files.ts';
import { readShellText, type ScriptText } from './shell-text.ts';
import { shownPath, type LintedBuildpack } from './subject.ts';

/** Stands for what the shell will put in the place of a variable or command. */
export const UNKNOWN_PART = '\uE000';

/** A place where a buildpack makes its launch.yml. */
export interface LaunchYmlWrite {
  readonly file: string;
  readonly line: number;
  /** False where launch.yml is only spoken of. */
  readonly certain: boolean;
  /** Its text, which begins at `line`; unknown parts as UNKNOWN_PART. */
  readonly text?: string;
}

const LAUNCH_YML = /(?:^|\/)launch\.yml$/;

/** Checked-in launch.yml files, texts and commands that write one, and lines that name one; in that order. */
export function launchYmlWrites(buildpack: LintedBuildpack): LaunchYmlWrite[] {
  const files = launchYmlFiles(buildpack).map(({ path, text }) => ({
    file: shownPath(buildpack, path),
    line: 1,
    certain: true,
    text,
  }));
  const scripts = scriptsOf(buildpack).map(({ path, text }) => {
    const file = shownPath(buildpack, path);
    const { lines, texts } = readShellText(text);
    const docs = texts.flatMap((doc) =>
      LAUNCH_YML.test(doc.into ?? '') ? [{ file, line: doc.line, certain: true, text: written(doc) }] : [],
    );
    const commands = lines.flatMap(({ number, code, into, inText }) => {
      if (inText) return [];
      const certain = LAUNCH_YML.test(into ?? '');
      return certain || /\blaunch\.yml\b/.test(code) ? [{ file, line: number, certain }] : [];
    });
    return { docs, commands };
  });
  const commands = scripts.flatMap((script) => script.commands);
  return [
    ...files,
    ...scripts.flatMap(({ docs }) => docs),
    ...commands.filter(({ certain }) => certain),
    ...commands.filter(({ certain }) => !certain),
  ];
}

/** What comes out of a text of a script. Unless it is quoted the shell expands it. */
function written({ body, literal }: ScriptText): string {
  const text = body.join('\n');
  if (literal) return text;
  return text.replace(
    /\\([$`\\])|\$\{[^}]*\}|\$\([^)]*\)|\$(?:\w+|[@*#?!-])|`[^`]*`/g,
    (_whole, escaped?: string) => {
      return escaped ?? UNKNOWN_PART;
    },
  );
}
