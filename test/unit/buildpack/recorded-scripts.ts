/** What the scripts of a recorded buildpack do, for tests that run none: exit codes, captured output, files in deps. */
export interface RecordedScripts {
  readonly detect?: { readonly status: number; readonly stdout: string };
  readonly release?: { readonly status?: number; readonly stdout: string };
  /** Exit status of a script that fails. */
  readonly fails?: Readonly<Record<string, number>>;
  /** Files below its deps directory after it ran, e.g. `config.yml`. */
  readonly writes?: Readonly<Record<string, string>>;
}

const WEB = '---\ndefault_process_types:\n  web: ./start.sh $PORT\n';

const LAUNCH_YML = `processes:
- type: agent
  command: "sleep 3600"
  limits:
    memory: 64
  platforms:
    cloudfoundry:
      sidecar_for: ["web", "worker"]
- type: worker
  command: "echo supplied worker; sleep 3600"
`;

const FINAL_WEB: RecordedScripts = {
  writes: { 'config.yml': 'name: final-web\nversion: 0.0.7\nconfig: {}\n' },
  release: { stdout: WEB },
};

export const RECORDED_SCRIPTS: Readonly<Record<string, RecordedScripts>> = {
  'adds-sidecar-to-app': {},
  'bad-release': { release: { stdout: 'default_process_types: [\n' } },
  'detects-marker': {
    detect: { status: 0, stdout: 'marker 2.0\n' },
    writes: { 'launch.yml': LAUNCH_YML },
    release: { stdout: WEB },
  },
  'dumps-env': {},
  'entrypoint-prefix': {
    writes: {
      'config.yml':
        'name: prefixed\nversion: 1.0.0\nconfig:\n  entrypoint_prefix: "env PREFIXED=1 bash -c"\n',
    },
    release: { stdout: '---\ndefault_process_types:\n  web: echo prefixed=$PREFIXED\n' },
  },
  'fails-to-finalize': { writes: { 'config.yml': 'name: broken\nversion: 3\n' }, fails: { finalize: 9 } },
  'fails-to-release': { release: { status: 5, stdout: '' } },
  'fails-to-supply': { fails: { supply: 17 } },
  'final-launch-yml': {
    writes: {
      'launch.yml':
        'processes:\n- type: web\n  command: ./from-launch-yml\n- type: sidekick\n  command: ./sidekick\n  platforms:\n    cloudfoundry:\n      sidecar_for: [web]\n',
    },
    release: { status: 1, stdout: '' },
  },
  'final-web': FINAL_WEB,
  'launch-yml-sidecar': { writes: { 'launch.yml': LAUNCH_YML } },
  'legacy-compile': {
    detect: { status: 1, stdout: '' },
    release: {
      stdout: '---\ndefault_process_types:\n  web: ./legacy --port $PORT\n  worker: ./legacy --work\n',
    },
  },
  'nested-one-level': FINAL_WEB,
  'never-detects': { detect: { status: 1, stdout: '' } },
  'no-web': { release: { stdout: '---\ndefault_process_types:\n  worker: ./work\n' } },
  'renames-across': {},
  'supplies-a-tool': { writes: { 'config.yml': 'name: tool\nversion: 1.2.3\n' } },
};
