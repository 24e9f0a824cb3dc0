export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --bg: #fbfbfd; --card: #fff; --text: #1d2430; --soft: #667085; --line: #e3e6ec; --track: #eef0f4;
  --passed: #12805c; --failed: #c8102e; --warn: #b45309; --skipped: #7a8294; --phase: #3b6fd4;
  --code: #f4f5f8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #14171d; --card: #1b1f27; --text: #e4e7ec; --soft: #98a2b3; --line: #2c323d; --track: #262c36;
    --passed: #3ccb97; --failed: #ff6b7d; --warn: #f5b04c; --skipped: #8b94a5; --phase: #7aa2f7;
    --code: #12151a;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--bg); color: var(--text); font: 14px/1.45 system-ui, sans-serif; }
header { padding: 20px 28px 14px; background: var(--card); border-bottom: 1px solid var(--line); border-top: 4px solid var(--passed); }
header.bad { border-top-color: var(--failed); }
h1 { margin: 0; font-size: 20px; }
.verdict { color: var(--passed); margin-left: 8px; }
header.bad .verdict { color: var(--failed); }
.facts { margin: 4px 0 12px; color: var(--soft); }
main { padding: 16px 28px 40px; max-width: 1500px; }
.filters { display: flex; gap: 8px; flex-wrap: wrap; align-items: center; }
button, select, input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 3px 9px; }
input[type=search] { min-width: 220px; }
button { cursor: pointer; }
.chip { border-radius: 99px; border: 1px solid currentColor; padding: 1px 10px; font-size: 12px; font-weight: 600; background: transparent; white-space: nowrap; }
button.chip { font-size: 13px; padding: 3px 12px; }
button.chip[aria-pressed=true] { background: currentColor; box-shadow: inset 0 0 0 99px color-mix(in srgb, currentColor 16%, var(--card)); }
.chip.passed { color: var(--passed); } .chip.failed, .chip.staging-error { color: var(--failed); }
.chip.timeout, .chip.interrupted { color: var(--warn); } .chip.skipped { color: var(--skipped); }
.row { display: grid; grid-template-columns: minmax(320px, 5fr) minmax(160px, 4fr) 76px; gap: 14px; align-items: center; }
.what { overflow-wrap: anywhere; }
.ms { text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.track { position: relative; height: 8px; border-radius: 4px; background: var(--track); overflow: hidden; }
.track i { position: absolute; top: 0; bottom: 0; min-width: 2px; border-radius: 4px; background: var(--passed); }
.scenario { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--passed); border-radius: 8px; margin-bottom: 8px; content-visibility: auto; contain-intrinsic-size: auto 42px; }
.scenario.failed, .scenario.staging-error { border-left-color: var(--failed); }
.scenario.timeout, .scenario.interrupted { border-left-color: var(--warn); }
.scenario.skipped { border-left-color: var(--skipped); color: var(--soft); }
.scenario > summary { padding: 9px 14px; cursor: pointer; list-style: none; }
.scenario > summary::-webkit-details-marker { display: none; }
.scenario > summary .track { height: 6px; }
.scenario > summary .chip { margin: 0 8px 0 4px; }
.name { font-weight: 600; }
.place { color: var(--soft); font-size: 12px; font-family: ui-monospace, monospace; }
.sign { display: inline-block; width: 1.2em; color: var(--passed); }
.failed > summary .sign, .staging-error > summary .sign, .step.failed .sign { color: var(--failed); }
.timeout > summary .sign, .interrupted > summary .sign { color: var(--warn); }
.skipped .sign { color: var(--skipped); }
.failed > summary .track i, .staging-error > summary .track i, .step.failed .track i, .phase.failed .track i { background: var(--failed); }
.timeout > summary .track i, .interrupted > summary .track i { background: var(--warn); }
.body { padding: 2px 14px 12px; border-top: 1px solid var(--line); }
.failure { margin: 12px 0; padding: 10px 14px; border-radius: 6px; background: color-mix(in srgb, var(--failed) 7%, var(--card)); border: 1px solid color-mix(in srgb, var(--failed) 30%, var(--card)); }
.timeout .failure, .interrupted .failure { background: color-mix(in srgb, var(--warn) 7%, var(--card)); border-color: color-mix(in srgb, var(--warn) 30%, var(--card)); }
.failure p { margin: 4px 0; }
.code { margin-left: 8px; font-weight: 600; }
.hint { color: var(--soft); }
pre { margin: 6px 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 12.5px/1.5 ui-monospace, monospace; }
.message { font-weight: 600; }
code { font: 12.5px ui-monospace, monospace; background: var(--code); padding: 1px 5px; border-radius: 4px; overflow-wrap: anywhere; }
.waterfall { margin: 12px 0; }
.waterfall .row { padding: 3px 0; }
.axis .track { background: none; height: auto; display: flex; justify-content: space-between; color: var(--soft); font-size: 11px; border-bottom: 1px solid var(--line); border-radius: 0; }
.step.skipped { color: var(--soft); }
.phase .what { padding-left: 26px; }
.phase .track i { background: var(--phase); }
.phase-name { font-weight: 600; }
.phase summary { cursor: pointer; list-style: none; }
.phase summary::-webkit-details-marker { display: none; }
.count { color: var(--soft); font-size: 12px; margin-left: 6px; }
details.phase .count { text-decoration: underline dotted; }
.exit { color: var(--failed); }
.files { margin: 2px 0 8px 26px; padding: 8px 12px; list-style: none; background: var(--code); border-radius: 6px; font: 12.5px/1.6 ui-monospace, monospace; columns: 2 320px; }
.files li { overflow-wrap: anywhere; break-inside: avoid; }
.files li::before { display: inline-block; width: 1.4em; font-weight: 700; }
.files .added::before { content: '+'; color: var(--passed); }
.files .changed::before { content: '~'; color: var(--warn); }
.files .removed::before { content: '−'; color: var(--failed); }
.files .more { color: var(--soft); }
.log > summary { cursor: pointer; font-weight: 600; padding: 4px 0; }
.log .filters { margin: 6px 0; }
.log .filters, .log select, .log input { font-size: 12.5px; }
.shown, .note { color: var(--soft); }
.lines { max-height: 460px; overflow: auto; background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 6px 0; font: 12.5px/1.5 ui-monospace, monospace; }
.line { display: grid; grid-template-columns: 64px minmax(70px, max-content) 1fr; gap: 12px; padding: 0 12px; content-visibility: auto; contain-intrinsic-size: auto 19px; }
.line .at { color: var(--soft); text-align: right; }
.line .from { color: var(--phase); }
.line .text { white-space: pre-wrap; overflow-wrap: anywhere; }
.line.error .text { color: var(--failed); }
.gap { padding: 4px 12px; color: var(--warn); font-style: italic; }
@media (max-width: 800px) { .row { grid-template-columns: 1fr 76px; } .row .track { display: none; } header, main { padding-left: 12px; padding-right: 12px; } }
`;
