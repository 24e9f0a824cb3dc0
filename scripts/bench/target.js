/** What is measured and what it must come to, at most. Seconds, milliseconds and megabytes as the names say. */
export const BENCHMARKS = {
  version: { what: 'cfstage --version', unit: 'ms', limit: 150 },
  small: { what: 'push of the sample, to its first answer', unit: 's', limit: 1.3, againstScript: true },
  large: { what: 'push of a 100 MB app, to its first answer', unit: 's', limit: 0.5, againstScript: true },
  many: {
    what: 'the same of 100 MB in 2000 files (no target)',
    unit: 's',
    limit: Infinity,
    againstScript: true,
  },
  test: { what: 'test of 16 scenarios, a job a core: part of the time of one job', unit: 'x', limit: 0.625 },
  watcher: { what: 'start of watching 50,000 files', unit: 's', limit: 2 },
  memory: { what: 'peak RSS while pushing an app of 1 GB', unit: 'MB', limit: 150 },
  logs: {
    what: 'log of 100 MB, its first line to its last (no target)',
    unit: 's',
    limit: Infinity,
    againstScript: true,
  },
  watch: {
    what: 'watch: edit of bin/finalize, to the first answer',
    unit: 's',
    limit: 0.5,
    againstScript: true,
  },
};

const PUSH = { unit: 's', limit: Infinity, againstScript: true, other: 'a push' };
const FIRST = { unit: 's', limit: 1.25, againstScript: true, other: 'a push' };

/** What is measured along with one of them. */
export const FURTHER = {
  'watch-push': { ...PUSH, what: '… against a push (no target)' },
  'watch-overhead': { what: '… of it neither script nor app', unit: 's', limit: 0.7 },
  'watch-large-app': { what: '… of a file in a 100 MB app', unit: 's', limit: 0.35, againstScript: true },
  'watch-large-app-push': { ...PUSH, what: '… against a push (no target)' },
  'watch-heavy-finalize': {
    what: '… of bin/finalize, 100 MB app and 100 MB deps (no target)',
    unit: 's',
    limit: Infinity,
    againstScript: true,
  },
  'watch-heavy-overhead': { what: '… of it neither script nor app', unit: 's', limit: 1.5 },
  'watch-heavy-app-overhead': { what: '… the same for a file of the app', unit: 's', limit: 1.5 },
  'watch-first-small': { ...FIRST, what: 'first staging with snapshots, sample' },
  'watch-first-heavy': { ...FIRST, what: 'first staging with snapshots, 100 MB app and 100 MB deps' },
  'log-bytes': { what: 'the same, a second', unit: 'MB', limit: Infinity, againstScript: true },
  'log-lines': { what: 'the same in lines', unit: 'lines', limit: Infinity, againstScript: true },
  // The settle time after a save is 30 ms: SAVE_QUIET_MS.
  'watcher-told': { what: 'from a save in it until it is told, 30 ms to settle', unit: 'ms', limit: 80 },
  'test-one': { what: 'the same with one job (no target)', unit: 's', limit: Infinity },
  'test-default': { what: 'the same with a job a core (no target)', unit: 's', limit: Infinity },
  'test-cost': {
    what: 'cost of the test runner for a scenario, beyond stage and run',
    unit: 'ms',
    limit: 100,
  },
  'log-memory': { what: 'peak RSS meanwhile', unit: 'MB', limit: 200 },
};

/** The lines of the result: one of a benchmark, and those of what was measured along with it. */
export function judgeAll(name, { further = {}, ...measured }) {
  return [judge(name, measured), ...Object.entries(further).map(([other, values]) => judge(other, values))];
}

/** One line of the result: a median, and against the script its ratio; `ok` when the target is met. */
function judge(name, { cfstage, script }) {
  const { what, unit, limit, againstScript = false, other } = { ...BENCHMARKS, ...FURTHER }[name];
  const measured = median(cfstage);
  const common = {
    name,
    what,
    unit,
    cfstage: measured,
    runs: { cfstage, ...(againstScript ? { script } : {}) },
  };
  if (!againstScript) return { ...common, target: limit, ok: measured <= limit };
  const ratio = round(measured / median(script), 2);
  return {
    ...common,
    script: median(script),
    ...(other && { other }),
    ratio,
    target: limit,
    ok: ratio <= limit,
  };
}

/** The results as a table of Markdown. */
export function table(results) {
  const rows = results.map(({ what, unit, cfstage, script, other, ratio, target, ok }) => [
    what,
    `${cfstage} ${unit}`,
    script === undefined ? '' : `${script} ${unit}${other === undefined ? '' : ` (${other})`}`,
    ratio === undefined ? '' : ratio.toFixed(2),
    target === Infinity ? '' : ratio === undefined ? `<= ${target} ${unit}` : `<= ${target.toFixed(2)} x`,
    target === Infinity ? '' : ok ? 'ok' : 'FAIL',
  ]);
  const lines = [['', 'cfstage', 'by hand', 'ratio', 'target', ''], ...rows];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length), 3));
  const drawn = lines.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`);
  return [drawn[0], `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...drawn.slice(1)].join(
    '\n',
  );
}

export function round(value, digits) {
  return Number(value.toFixed(digits));
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : round((sorted[middle - 1] + sorted[middle]) / 2, 3);
}
