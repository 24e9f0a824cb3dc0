/** What of a droplet's member decides whether it has to be sent. */
export interface DropletMember {
  readonly type: string;
  /** Equal tokens: equal content and metadata. Names of one file share one. */
  readonly token: string;
}

/** What turns one unpacked droplet into another. Paths are relative to it. */
export interface DropletDifference {
  /** To be removed first, directories with all they hold. */
  readonly removed: readonly string[];
  /** To be unpacked over the rest. */
  readonly sent: readonly string[];
}

/**
 * The difference between two droplets. Directories around what changes are sent as well, so that their times are those of
 * the new droplet; of a file with several names all names are, since links cannot lead out of an archive.
 */
export function dropletDifference(
  before: ReadonlyMap<string, DropletMember>,
  after: ReadonlyMap<string, DropletMember>,
): DropletDifference {
  const changed = [...after]
    .filter(([path, { token }]) => before.get(path)?.token !== token)
    .map(([path]) => path);
  const gone = [...before]
    .filter(([path, member]) => after.get(path)?.type !== member.type)
    .map(([path]) => path);
  const goneSet = new Set(gone);
  const removed = gone.filter((path) => !ancestors(path).some((parent) => goneSet.has(parent)));
  const parents = [...changed, ...gone].flatMap(ancestors).filter((path) => after.has(path));
  const tokens = new Set(changed.map((path) => after.get(path)?.token));
  const linked = [...after].filter(([, { type, token }]) => type === 'file' && tokens.has(token));
  const sent = new Set([...changed, ...parents, ...linked.map(([path]) => path)]);
  return { removed, sent: [...after.keys()].filter((path) => sent.has(path)) };
}

/** The directories above a path, nearest first. */
function ancestors(path: string): readonly string[] {
  const found: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    found.push(path.slice(0, end));
  return found;
}
