/**
 * Name of a buildpack's directory below deps: `0` … `9`, and from ten buildpacks on `00`, `01`, …
 * `supplyCount` is the number of buildpacks before the final one (0 while detecting).
 * Source: buildpackapplifecycle builder_config.go, `DepsIndex`.
 */
export function depsIndex(index: number, supplyCount: number): string {
  return String(index).padStart(String(supplyCount + 1).length, '0');
}
