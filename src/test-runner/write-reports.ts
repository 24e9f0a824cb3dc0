import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { htmlReport } from '../report/html/page.ts';
import { jsonReport } from '../report/json.ts';
import { junitReport } from '../report/junit.ts';
import type { TestRun } from '../report/test-run.ts';

/** Files to write, relative to the working directory. */
export interface ReportFiles {
  readonly junit?: string;
  readonly json?: string;
  readonly html?: string;
}

export async function writeReports(run: TestRun, files: ReportFiles, cwd: string): Promise<void> {
  await write(files.junit, () => junitReport(run), cwd);
  await write(files.json, () => jsonReport(run), cwd);
  await write(files.html, () => htmlReport(run), cwd);
}

async function write(file: string | undefined, render: () => string, cwd: string): Promise<void> {
  if (file === undefined) return;
  const path = resolve(cwd, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, render());
}
