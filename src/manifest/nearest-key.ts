/** The known key that a misspelt one most likely means: at most a third of it differs. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(key.length / 3));
  const spelt = spelling(key);
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(spelt, spelling(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  return ranked.find(({ distance }) => distance <= limit)?.candidate;
}

/** What to say of a key that is none of the known ones. */
export function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestKey(key, known);
  const advice = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean '${nearest}'?`;
  return `unknown key '${key}': ${advice}`;
}

/** Neither case nor the kind of dash is what makes two keys different. */
function spelling(key: string): string {
  return key.toLowerCase().replaceAll('-', '_').slice(0, 64);
}

/** Levenshtein's: insertions, deletions and replacements. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
