import { openWorkbench, type Workbench } from '../app/workbench.ts';
import { createRecorders } from '../app/recording.ts';
import { CfstageError } from '../errors.ts';
import { emitTo, type Sink } from '../logs/emitter.ts';
import type { Emit } from '../logs/event.ts';
import { HeldSink } from '../logs/held-sink.ts';
import { JsonSink } from '../logs/json-sink.ts';
import { TerminalSink } from '../logs/terminal-sink.ts';
import { BackgroundSink } from './background.ts';
import { listenForInterrupts } from './interrupt.ts';
import { readSettings, type Settings } from './io.ts';
import { TrafficTable } from './traffic-table.ts';

/** What every command works with. */
export interface CommandSession {
  readonly settings: Settings;
  readonly emit: Emit;
  /** Shows an event that was recorded before, as it was shown then. */
  readonly show: Sink['write'];
  readonly signal: AbortSignal;
  /** Results for people or programs, on stdout. */
  readonly print: (text: string) => void;
  /** Connects to the engine; only commands that need one call it. */
  readonly workbench: () => Promise<Workbench>;
  /** Lets something else have the terminal: what comes meanwhile is shown afterwards. */
  readonly hold: <T>(work: () => Promise<T>) => Promise<T>;
  /** Tells the terminal that waits for it that the app has started; in the foreground nobody waits. */
  readonly ready: () => Promise<void>;
}

export type CommandAction = (session: CommandSession) => Promise<number>;

/** Runs one command: sinks, signals, and the one place where an error is shown and becomes an exit code. */
export async function runCommand(
  {
    json = false,
    background = false,
    canHold = false,
    traffic,
    sinks = [],
  }: {
    readonly json?: boolean;
    readonly background?: boolean;
    /** Whether `hold` is used; it costs a call for each line. */
    readonly canHold?: boolean;
    /** Whether what was tried to reach is listed at the end; as events it is there in any case. */
    readonly traffic?: boolean | undefined;
    readonly sinks?: readonly Sink[];
  },
  action: CommandAction,
): Promise<number> {
  const settings = readSettings(process.env);
  const { stdout } = process;
  const parent = background ? new BackgroundSink() : undefined;
  const held = new HeldSink(parent ?? standardSink(json, settings.colour));
  const shown: Sink = canHold ? held : held.sink;
  const recorders = createRecorders(settings.home);
  const table = new TrafficTable({ traffic, json, background });
  const emit = emitTo([shown, table, ...recorders, ...sinks]);
  using interrupt = listenForInterrupts();
  try {
    return await action({
      settings,
      emit,
      signal: parent === undefined ? interrupt.signal : AbortSignal.any([interrupt.signal, parent.signal]),
      show: (event) => {
        table.write(event);
        return shown.write(event);
      },
      hold: (work) => held.during(work),
      ready: async () => await parent?.ready(),
      print: (text) => void stdout.write(`${text}\n`),
      workbench: () => openWorkbench(process.env, settings.home, emit),
    });
  } catch (error) {
    const fault = error instanceof CfstageError ? error : internal(error);
    const { code, message, hint, exitCode } = fault;
    await emit({ type: 'failed', code, message, ...(hint === undefined ? {} : { hint }), exitCode });
    if (wantsCauses(fault)) process.stderr.write(`${causes(fault)}\n`);
    return exitCode;
  } finally {
    await Promise.all([...recorders.map((one) => one.close()), shown.close?.()]);
    process.stderr.write(table.render());
  }
}

function wantsCauses({ code }: CfstageError): boolean {
  return code === 'INTERNAL' || process.env['CFSTAGE_DEBUG'] === '1';
}

function standardSink(json: boolean, colour: boolean): Sink {
  const { stdout, stderr } = process;
  return json ? new JsonSink(stdout) : new TerminalSink({ stdout, stderr, colour });
}

function internal(error: unknown): CfstageError {
  return new CfstageError(
    'INTERNAL',
    `cfstage failed: ${error instanceof Error ? error.message : String(error)}`,
    {
      hint: 'This is a fault of cfstage. Please report it with the lines below.',
      cause: error,
    },
  );
}

function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\nCaused by: ${causes(error.cause)}`;
}
