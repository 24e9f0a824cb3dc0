import { CfstageError } from '../errors.ts';
import { defaultProcess, type AppManifest, type Manifest } from './manifest.ts';

/** Source: cf CLI command/translatableerror/app_name_or_manifest_required_error.go. */
const NAME_REQUIRED =
  'Incorrect Usage: The push command requires an app name. The app name can be supplied as an argument or with a manifest.yml file.';

/** Source: cf CLI command/translatableerror/command_line_args_with_multiple_apps_error.go. */
const FLAGS_WITH_SEVERAL_APPS =
  'Incorrect Usage: Command line flags (except -f and --no-start) cannot be applied when pushing multiple apps from a manifest file.';

/**
 * The app to push: the one of that name, or the only one, which then takes the name. Source: cf CLI
 * actor/v7pushaction/handle_app_name_override.go.
 * @param withFlags whether flags are to be applied, which cf refuses for several apps
 * @throws CfstageError APP_NOT_FOUND, or USAGE where no name says which app is meant
 */
export function selectApp(manifest: Manifest, name?: string, withFlags = false): AppManifest {
  const [only, ...others] = manifest.apps;
  if (only === undefined) throw new CfstageError('USAGE', NAME_REQUIRED, { hint: 'Name an app.' });
  if (name !== undefined && name !== '') return selectByName(manifest, name);
  if (others.length > 0) throw ambiguous(manifest, withFlags);
  if (only.name !== '') return only;
  throw new CfstageError('USAGE', NAME_REQUIRED, {
    hint: 'Name the app on the command line or in the manifest.',
  });
}

function selectByName({ apps }: Manifest, name: string): AppManifest {
  const named = apps.find((app) => app.name === name);
  if (named) return named;
  const [only] = apps;
  if (only && apps.length === 1) return { ...only, name };
  throw new CfstageError('APP_NOT_FOUND', `Could not find app named '${name}' in manifest`, {
    hint: `The manifest has: ${names(apps)}.`,
  });
}

function ambiguous({ apps }: Manifest, withFlags: boolean): CfstageError {
  const message = withFlags
    ? FLAGS_WITH_SEVERAL_APPS
    : `Incorrect Usage: The manifest has ${apps.length} apps and none was named.`;
  return new CfstageError('USAGE', message, { hint: `Name one of them: ${names(apps)}.` });
}

function names(apps: readonly AppManifest[]): string {
  return apps.map((app) => app.name).join(', ');
}

/** The app of a push without a manifest: defaults and a name. */
export function appWithoutManifest(name: string): AppManifest {
  return {
    name,
    buildpacks: [],
    env: {},
    features: {},
    services: [],
    routes: [],
    noRoute: false,
    randomRoute: false,
    defaultRoute: true,
    processes: [defaultProcess('web')],
    sidecars: [],
  };
}
