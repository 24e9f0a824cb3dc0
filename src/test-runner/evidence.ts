import type { Container } from '../engine/engine.ts';
import { runToEnd } from '../engine/run-to-end.ts';

/** What is left of a container that is gone. */
export interface ContainerEvidence {
  readonly name: string;
  readonly role: string;
  /** As the engine describes it. */
  readonly description: unknown;
  /** Paths below the folder that staging made the droplet in; empty of other containers. */
  readonly tree: string;
}

const PATIENCE_MS = 10_000;
const MAX_TREE_LINES = 50_000;

/**
 * Looks at the containers of one scenario before they go, while it is failing, and keeps one of them if that is asked for.
 */
export class EvidenceCollector {
  readonly found: ContainerEvidence[] = [];
  readonly #keep: boolean;
  readonly #wants: (role: string) => boolean;
  #kept: string | undefined;

  /** `wants`: whether a container of that role tells something of why the scenario fails. */
  constructor(keep: boolean, wants: (role: string) => boolean) {
    this.#keep = keep;
    this.#wants = wants;
  }

  /** Name of the container that was left. */
  get kept(): string | undefined {
    return this.#kept;
  }

  async beforeRemoval(
    container: Container,
    labels: Readonly<Record<string, string>>,
  ): Promise<'remove' | 'keep'> {
    const role = labels['cfstage.role'] ?? '';
    if (!this.#wants(role)) return 'remove';
    const [description, tree] = await Promise.all([
      container.describe().catch(String),
      role === 'staging' ? stagingTree(container) : '',
    ]);
    this.found.push({ name: container.name, role, description, tree });
    if (!this.#keep || this.#kept !== undefined) return 'remove';
    this.#kept = container.name;
    // An app was stopped before; its first process only waits, and its files are as the app has left them.
    if (!(await container.inspect()).running) await container.start();
    return 'keep';
  }
}

async function stagingTree(container: Container): Promise<string> {
  const script = `cd /tmp/contents* && find . -mindepth 1 -printf '%M %s %P\\n' | head -n ${MAX_TREE_LINES} | LC_ALL=C sort -k3`;
  const spec = { argv: ['/bin/sh', '-c', script], env: {}, user: 'root', workingDir: '/' };
  return await runToEnd(container, spec, AbortSignal.timeout(PATIENCE_MS)).then(
    ({ stdout }) => stdout.toString('utf8'),
    (error: unknown) => `The tree could not be read: ${String(error)}\n`,
  );
}
