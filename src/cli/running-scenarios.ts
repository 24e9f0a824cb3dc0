import { cellsOf, fitText } from '../logs/fit-text.ts';

/** A scenario that goes on, and the step that it is at; both on one line. */
export interface RunningScenario {
  readonly name: string;
  readonly step: string;
}

const SEPARATOR = ' · ';
/** Cells that say enough of a scenario. */
const ENOUGH = 24;

/** What goes on, in so many cells: as many scenarios as have room for their name and their step, the others as a number. */
export function renderRunning(running: readonly RunningScenario[], columns: number): string {
  if (running.length === 0) return '';
  const whole = running.map(text).join(SEPARATOR);
  if (cellsOf(whole) <= columns) return whole;
  const room = Math.floor((columns + SEPARATOR.length) / (ENOUGH + SEPARATOR.length));
  const shown = Math.min(running.length, Math.max(1, room));
  const rest = running.length === shown ? '' : ` +${running.length - shown}`;
  const share = Math.floor((columns - rest.length - SEPARATOR.length * (shown - 1)) / shown);
  const parts = running.slice(0, shown).map((one) => shorten(one, share));
  return fitText(`${parts.join(SEPARATOR)}${rest}`, columns);
}

function text({ name, step }: RunningScenario): string {
  return step === '' ? name : `${name}: ${step}`;
}

/** The step has up to half of the room. */
function shorten({ name, step }: RunningScenario, columns: number): string {
  if (step === '' || cellsOf(text({ name, step })) <= columns) return fitText(text({ name, step }), columns);
  const half = Math.floor((columns - 2) / 2);
  const forStep = Math.max(half, columns - 2 - cellsOf(name));
  const shortStep = fitText(step, forStep);
  return `${fitText(name, columns - 2 - cellsOf(shortStep))}: ${shortStep}`;
}
