import { CfstageError, type UserErrorCode } from '../errors.ts';
import type { Position } from './manifest-node.ts';

/** `file:line:column`, the form that editors and terminals make clickable. */
export function locate(file: string, at: Position): string {
  return `${file}:${at.line}:${at.column}`;
}

interface Problem {
  readonly at: Position;
  readonly message: string;
}

/** Collects every fault of one file, so that the user mends them all at once. */
export class Problems {
  readonly file: string;
  readonly #prefix: string;
  readonly #found: Problem[];

  constructor(file: string, prefix = '', found: Problem[] = []) {
    this.file = file;
    this.#prefix = prefix;
    this.#found = found;
  }

  add(at: Position, message: string): void {
    this.#found.push({ at, message: `${this.#prefix}${message}` });
  }

  /** The same collection for a part of the file, e.g. `For application 'x': `. */
  within(prefix: string): Problems {
    return new Problems(this.file, `${this.#prefix}${prefix}`, this.#found);
  }

  /** Raises all that was collected, one line each, in the order of the file. */
  raise(code: UserErrorCode, hint: string): void {
    if (this.#found.length === 0) return;
    const inOrder = this.#found.toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
    const lines = inOrder.map(({ at, message }) => `${locate(this.file, at)}: ${message}`);
    throw new CfstageError(code, [...new Set(lines)].join('\n'), { hint });
  }
}
