/** What makes the page's filters work. Every text gets into the page as a text, never as markup. */
export const PAGE_SCRIPT = `
'use strict';
(() => {
  const scenarios = [...document.querySelectorAll('details.scenario')];
  const chips = [...document.querySelectorAll('#filters .chip')];
  const find = document.getElementById('find');

  const choose = () => {
    const wanted = new Set(
      chips.filter((chip) => chip.ariaPressed === 'true').map((chip) => chip.dataset.outcome),
    );
    const text = find.value.trim().toLowerCase();
    let shown = 0;
    for (const scenario of scenarios) {
      const head = scenario.querySelector('summary').textContent.toLowerCase();
      const fits = (wanted.size === 0 || wanted.has(scenario.dataset.outcome)) && head.includes(text);
      scenario.hidden = !fits;
      if (fits) shown += 1;
    }
    document.getElementById('none').hidden = shown > 0;
  };
  for (const chip of chips) {
    chip.addEventListener('click', () => {
      chip.ariaPressed = chip.ariaPressed === 'true' ? 'false' : 'true';
      choose();
    });
  }
  find.addEventListener('input', choose);

  const toggle = document.getElementById('toggle');
  toggle.addEventListener('click', () => {
    const open = toggle.textContent === 'open all';
    for (const scenario of scenarios) if (!scenario.hidden) scenario.open = open;
    toggle.textContent = open ? 'close all' : 'open all';
  });

  const matcher = (text) => {
    const [, source, flags] = /^\\/(.+)\\/([imsu]*)$/.exec(text) ?? [];
    try {
      if (source !== undefined) {
        const regexp = new RegExp(source, flags);
        return (line) => regexp.test(line);
      }
    } catch {
      // Not finished yet.
    }
    const wanted = text.toLowerCase();
    return (line) => line.toLowerCase().includes(wanted);
  };

  const make = (kind, name, text) => {
    const element = document.createElement(kind);
    element.className = name;
    element.textContent = text;
    return element;
  };

  const showLog = (log) => {
    const data = JSON.parse(log.querySelector('script').textContent);
    const lines = log.querySelector('.lines');
    const source = log.querySelector('select');
    const errors = log.querySelector('.err');
    const text = log.querySelector('.text');
    const draw = () => {
      const fits = matcher(text.value);
      const only = data.sources.indexOf(source.value);
      const filtered = only >= 0 || errors.checked || text.value !== '';
      const all = document.createDocumentFragment();
      let shown = 0;
      data.lines.forEach(([time, from, isError, message], i) => {
        if (data.leftOut > 0 && i === data.leftOutAfter && !filtered)
          all.append(make('div', 'gap', data.leftOut + ' lines are left out here'));
        if ((only >= 0 && from !== only) || (errors.checked && !isError) || !fits(message)) return;
        const line = make('div', isError ? 'line error' : 'line', '');
        line.append(
          make('span', 'at', (time / 1000).toFixed(2)),
          make('span', 'from', data.sources[from]),
          make('span', 'text', message),
        );
        all.append(line);
        shown += 1;
      });
      lines.replaceChildren(all);
      log.querySelector('.shown').textContent = filtered ? shown + ' of ' + data.lines.length : '';
    };
    for (const input of [source, errors, text]) input.addEventListener('input', draw);
    draw();
  };
  for (const log of document.querySelectorAll('details.log'))
    log.addEventListener('toggle', () => showLog(log), { once: true });
})();
`;
