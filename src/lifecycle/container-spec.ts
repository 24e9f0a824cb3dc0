export interface PublishedPort {
  readonly containerPort: number;
  /** 0 lets the engine choose. */
  readonly hostPort: number;
  /** Address on the engine's host that the port is bound to. */
  readonly hostAddress: string;
}

/** A network of the engine to be on, and the names that its other members find the container by. */
export interface NetworkMembership {
  readonly name: string;
  readonly aliases: readonly string[];
  /** A second network to be on under the same names, if it is there when the container is made. */
  readonly also?: string;
}

/** What a container is made of, as plain data: the plans decide it, the engine obeys. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  /** E.g. `linux/amd64`; absent means whatever the image is. */
  readonly platform?: string;
  readonly hostname: string;
  /** Environment of the container itself; a process started in it has these too unless its own say otherwise. */
  readonly env: Readonly<Record<string, string>>;
  /** What runs as pid 1. */
  readonly init: readonly string[];
  readonly workingDir: string;
  readonly memoryMb: number;
  /** What the container may write beyond its image. */
  readonly diskMb: number;
  /** Relative weight, as Docker's `--cpu-shares`. */
  readonly cpuShares: number;
  readonly pids: number;
  readonly nofile: number;
  readonly publish: readonly PublishedPort[];
  /** Absent: the engine's own. */
  readonly network?: NetworkMembership;
  /** Its network has no way out, so its ports are published by a forwarder that is on the network `outside` as well. */
  readonly offline?: { readonly outside: string };
}

/**
 * A container as its image describes it: entry point, user, directory and environment are the image's. It has no limits,
 * since nobody knows what the image needs, and publishes nothing.
 */
export interface ImageContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly hostname: string;
  /** Added to the image's. */
  readonly env: Readonly<Record<string, string>>;
  /** Arguments of the entry point in the place of the image's. */
  readonly command?: readonly string[];
  readonly network: NetworkMembership;
}

/** A container of ours that works for another one: in its network namespace, or on networks of its own. Runs as root. */
export interface HelperSpec {
  readonly name: string;
  /** The stack's: it has the tools, and it is on the engine. */
  readonly image: string;
  readonly platform?: string;
  readonly argv: readonly string[];
  readonly place:
    | { readonly inside: string }
    | {
        readonly networks: readonly [string, ...string[]];
        /** Names that the members of each network find it by, besides its own. */
        readonly aliases?: readonly string[];
        readonly publish: readonly PublishedPort[];
      };
}
