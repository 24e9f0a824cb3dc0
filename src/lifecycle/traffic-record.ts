/** Who tried to reach something: a phase of a staging, an instance of a process, or a task. */
export type TrafficSource =
  | { readonly kind: 'staging'; readonly phase: string; readonly buildpack: string }
  | { readonly kind: 'app'; readonly process: string; readonly index: number }
  | { readonly kind: 'task'; readonly task: string };

/** `dns`: a name was asked for. `proxy`: a request that went through the recording proxy. */
export type TrafficProtocol = 'dns' | 'tcp' | 'udp' | 'proxy';

/**
 * `answered`: a connection was made, a datagram or a name came back. `refused`: somebody said no (reset, unreachable, no
 * such name, an error of the proxy). `unanswered`: nobody said anything.
 */
export type TrafficAnswer = 'answered' | 'refused' | 'unanswered';

/** One thing that a container of an app tried to reach, allowed or not. Each is there once for each source and answer. */
export interface TrafficRecord {
  readonly source: TrafficSource;
  readonly protocol: TrafficProtocol;
  /** The name that was asked for; the address where no name is known. */
  readonly host: string;
  /** Where the packets went; absent for `dns` and `proxy`. */
  readonly address?: string;
  /** Absent for `dns`. */
  readonly port?: number;
  readonly answer: TrafficAnswer;
  /** How often; at least 1. */
  readonly attempts: number;
  /** What was asked of the proxy, e.g. `CONNECT host:443` or `GET http://host/path`. */
  readonly request?: string;
}

/** As people read it. */
export function nameOfSource(source: TrafficSource): string {
  switch (source.kind) {
    case 'staging':
      return `bin/${source.phase} of ${source.buildpack}`;
    case 'app':
      return `${source.process}/${source.index}`;
    case 'task':
      return `task ${source.task}`;
  }
}
