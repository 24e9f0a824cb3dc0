import { readOptions, SOAKS, usage } from './soak/options.js';
import { openPlace } from './soak/place.js';
import { printTables } from './soak/tables.js';
import { main, setUp } from './setup/set-up.js';

await main(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stderr.write(usage());
    return 2;
  }
  const stacks = await setUp();
  const results = {};
  try {
    for (const name of options.soaks) {
      const place = await openPlace(name, stacks);
      try {
        results[name] = await SOAKS[name].run(place, options);
      } finally {
        await place.close();
      }
    }
  } catch (error) {
    if (error?.name !== 'AbortError') throw error;
    process.stderr.write('soak: interrupted\n');
    return 130;
  }
  printTables(results, options);
  return Object.values(results).every(({ ok }) => ok) ? 0 : 1;
});
