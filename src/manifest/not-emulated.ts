import type { AppManifest } from './manifest.ts';

interface Gap {
  readonly phrase: string;
  readonly isAskedFor: (app: AppManifest) => boolean;
}

const EMULATED_FEATURES = ['service-binding-k8s', 'file-based-vcap-services'];

/** What a manifest may ask for that cfstage accepts without doing it. Rows go as the features come. */
const GAPS: readonly Gap[] = [
  {
    phrase: 'docker images (the app is staged with buildpacks)',
    isAskedFor: (app) => app.docker !== undefined || app.lifecycle === 'docker',
  },
  { phrase: 'the cnb lifecycle (classic buildpacks are used)', isAskedFor: (app) => app.lifecycle === 'cnb' },
  { phrase: 'metadata', isAskedFor: (app) => app.metadata !== undefined },
  {
    phrase: 'app features other than those of service bindings',
    isAskedFor: ({ features }) => Object.keys(features).some((name) => !EMULATED_FEATURES.includes(name)),
  },
  {
    phrase: 'parameters of services (there is no broker to get them)',
    isAskedFor: (app) => app.services.some(({ parameters }) => parameters !== undefined),
  },
  {
    phrase: 'TCP routes',
    isAskedFor: (app) => !app.noRoute && app.routes.some(({ protocol }) => protocol === 'tcp'),
  },
];

/** What the app asks for and will not get, one short phrase each. */
export function notEmulated(app: AppManifest): readonly string[] {
  return GAPS.filter(({ isAskedFor }) => isAskedFor(app)).map(({ phrase }) => phrase);
}
