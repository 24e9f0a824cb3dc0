import path from 'node:path';
import { ROOT } from '../setup/root.js';

export const CFSTAGE = path.join(ROOT, 'bin/cfstage.js');
export const BUILDPACKS = path.join(ROOT, 'fixtures/buildpacks');
/** Marks the containers of what cfstage is compared with. */
export const LABEL = 'cfstage.bench';
/** The buildpacks of the sample, in their order. */
export const SUPPLY = path.join(BUILDPACKS, 'config-server-http-buildpack');
export const FINAL = path.join(BUILDPACKS, 'ruby_buildpack');
