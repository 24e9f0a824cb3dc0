// Loaded before cfstage by `npm run soak -- memory`: on SIGUSR2 it tells what is held once the garbage is gone.
import { renameSync, writeFileSync } from 'node:fs';

const report = process.env['SOAK_REPORT'];

process.on('SIGUSR2', () => {
  setImmediate(() => {
    globalThis.gc();
    globalThis.gc();
    writeFileSync(`${report}.part`, JSON.stringify(process.memoryUsage()));
    renameSync(`${report}.part`, report);
  });
});
