#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';

// A push streams gigabytes in small chunks: a small young generation keeps them from piling up as garbage.
setFlagsFromString('--max-semi-space-size=4');

const { main } = await import('../dist/cli/main.js');
process.exitCode = await main(process.argv.slice(2));
