import { main, PARTS, setUp } from './setup/set-up.js';

const [last = 'all', ...rest] = process.argv.slice(2);

await main(async () => {
  if (rest.length > 0 || ![...PARTS, 'all'].includes(last)) {
    process.stderr.write(
      `usage: node scripts/setup.js [${PARTS.join('|')}|all]\nEach part includes those before it.\n`,
    );
    return 2;
  }
  await setUp(last === 'all' ? PARTS.at(-1) : last);
  return 0;
});
