import { basename, dirname, resolve } from 'node:path';
import { findManifest, readManifest, readText, type ManifestFile } from '../host/read-text.ts';
import { applyOverrides } from '../manifest/apply-overrides.ts';
import type { Variables } from '../manifest/interpolate-variables.ts';
import type { AppManifest } from '../manifest/manifest.ts';
import { notEmulated } from '../manifest/not-emulated.ts';
import { parseManifest } from '../manifest/parse-manifest.ts';
import { mergeVariables, parseVarFlag, parseVarsFile } from '../manifest/parse-vars-file.ts';
import { appWithoutManifest, selectApp } from '../manifest/select-app.ts';
import type { AppRequest } from './request.ts';

/** The app that a request means, flags applied. */
export interface RequestedApp {
  readonly app: AppManifest;
  /** Absolute path of its bits. */
  readonly bitsPath: string;
  /** Absolute path of the manifest, if there is one. */
  readonly manifestPath: string | undefined;
  /** One line each: what the manifest says and what will not be heeded. */
  readonly warnings: readonly string[];
}

/** Manifest, variables, choice of the app, flags; in cf's order. Source: cli actor/v7pushaction. */
export async function readApp(request: AppRequest): Promise<RequestedApp> {
  const file = await requestedManifest(request);
  const { app, warnings } = await selectedApp(request, file);
  const overridden = applyOverrides(app, request.overrides);
  const gaps = notEmulated(overridden);
  return {
    app: overridden,
    bitsPath: bitsPath(request, overridden, file),
    manifestPath: file?.path,
    warnings:
      gaps.length === 0 ? warnings : [...warnings, `Accepted but not emulated yet: ${gaps.join(', ')}.`],
  };
}

/**
 * The apps that a push without a name means: all of the manifest, unless there is only one (or none), which needs no
 * name. Flags for one app cannot be applied to several; `selectApp` says so.
 */
export async function severalApps(request: AppRequest): Promise<readonly string[]> {
  const isOne = request.appName !== undefined || request.path !== undefined;
  if (isOne || Object.keys(request.overrides).length > 0) return [];
  const file = await requestedManifest(request);
  if (file === undefined) return [];
  const { apps } = parseManifest({ text: file.text, file: file.path, vars: await variables(request) });
  return apps.length > 1 ? apps.map(({ name }) => name) : [];
}

async function requestedManifest({ manifestFile, cwd }: AppRequest): Promise<ManifestFile | undefined> {
  return manifestFile === undefined
    ? await findManifest(cwd)
    : await readManifest(resolve(cwd, manifestFile));
}

async function selectedApp(
  request: AppRequest,
  file: ManifestFile | undefined,
): Promise<{ app: AppManifest; warnings: readonly string[] }> {
  if (file === undefined) {
    const name = request.appName ?? basename(resolve(request.cwd, request.path ?? '.'));
    return { app: appWithoutManifest(name), warnings: [] };
  }
  const manifest = parseManifest({ text: file.text, file: file.path, vars: await variables(request) });
  const withFlags = Object.keys(request.overrides).length > 0;
  return { app: selectApp(manifest, request.appName, withFlags), warnings: manifest.warnings };
}

async function variables({ varsFiles, vars, cwd }: AppRequest): Promise<Variables> {
  const files = await Promise.all(
    varsFiles.map(async (file) => {
      const text = await readText(resolve(cwd, file), 'VARIABLES_INVALID');
      return parseVarsFile({ text, file });
    }),
  );
  return mergeVariables(...files, ...vars.map(parseVarFlag));
}

/** -p over the manifest's path; none at all is the current directory, even with a manifest elsewhere, as in cf. */
function bitsPath({ path, cwd }: AppRequest, app: AppManifest, file: ManifestFile | undefined): string {
  if (path !== undefined) return resolve(cwd, path);
  if (app.path === undefined || file === undefined) return cwd;
  return resolve(dirname(file.path), app.path);
}
