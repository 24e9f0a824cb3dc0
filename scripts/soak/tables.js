import { KINDS } from './leftovers.js';

const NAMES = {
  pushes: 'pushes and deletes in a row',
  kills: 'kill -9 at a random moment, then clean',
};

const MEASURES = {
  rssMb: ['RSS', 'MB'],
  heapMb: ['heap and buffers', 'MB'],
  files: ['open files', ''],
};

/** Prints what came of the soaks, as tables of Markdown. */
export function printTables(results) {
  const counted = Object.keys(NAMES).filter((name) => name in results);
  if (counted.length > 0) {
    const rows = counted.map((name) => {
      const { rounds, left, remark, ok } = results[name];
      return [NAMES[name], rounds, ...KINDS.map((kind) => left[kind]), remark, verdict(ok)];
    });
    print([['', 'rounds', ...KINDS.map((kind) => `${kind} left`), '', ''], ...rows]);
  }
  if (results.memory !== undefined) {
    const { apps, minutes, requests, failed, rows } = results.memory;
    process.stdout.write(
      `${apps} apps in one process, ${minutes} minutes, ${requests} requests answered, ${failed} not. ` +
        'Medians of what was held right after garbage collections:\n\n',
    );
    print([
      ['', 'second quarter', 'last quarter', 'growth', 'allowed', ''],
      ...rows.map(({ what, before, after, allowed, ok }) => {
        const [name, unit] = MEASURES[what];
        const shown = (value) => `${Number(value.toFixed(1))} ${unit}`.trim();
        return [name, shown(before), shown(after), shown(after - before), shown(allowed), verdict(ok)];
      }),
    ]);
  }
}

function verdict(ok) {
  return ok ? 'ok' : 'FAIL';
}

function print(lines) {
  const texts = lines.map((line) => line.map(String));
  const widths = texts[0].map((_, column) => Math.max(3, ...texts.map((line) => line[column].length)));
  const drawn = texts.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  process.stdout.write(`${[drawn[0], rule, ...drawn.slice(1)].join('\n')}\n\n`);
}
