import { homedir } from 'node:os';
import path from 'node:path';

/** The checkout these scripts are in. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** cfstage's own folder, where the set-up keeps the engine's log and pid. */
export const HOME = path.resolve(process.env['CFSTAGE_HOME'] || path.join(homedir(), '.cfstage'));
