// Draws the timeline, the task sets at its cursor, and the messages; all three follow one cursor, which is the number of an event.
(() => {
  const host = document.getElementById("timeline");
  const data = JSON.parse(document.getElementById("timeline-data").textContent);
  const count = data.from.length;
  if (count === 0) return;

  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const button = (text, action, label) => {
    const element = make("button", { type: "button", textContent: text, onclick: action });
    if (label) element.setAttribute("aria-label", label);
    return element;
  };

  // Time. A long while in which nothing happens is drawn as a short one.
  const times = [];
  data.steps.reduce((sum, step) => (times.push(sum + step), sum + step), 0);
  const shortened = (() => {
    let cap = Infinity, total = 0;
    for (let round = 0; round < 40; round++) {
      total = data.steps.reduce((sum, step) => sum + Math.min(step, cap), 0);
      cap = Math.max(1, total / 25);
    }
    return { cap, total };
  })();
  const warped = [];
  data.steps.reduce((sum, step) => (warped.push(sum + Math.min(step, shortened.cap)), sum + Math.min(step, shortened.cap)), 0);
  const span = (nanoseconds, digits = 6) => {
    const [size, unit] = nanoseconds >= 1e9 ? [1e9, "s"] : nanoseconds >= 1e6 ? [1e6, "ms"] : nanoseconds >= 1e3 ? [1e3, "µs"] : [1, "ns"];
    return nanoseconds === 0 ? "0" : `${+(nanoseconds / size).toPrecision(digits)} ${unit}`;
  };
  const hasTime = shortened.total > 0;
  let byTime = hasTime;
  const place = index => byTime ? warped[index] : index;
  const end = () => Math.max(1, place(count - 1));
  const eventAt = position => {
    let low = 0, high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (place(middle) < position) low = middle + 1; else high = middle;
    }
    return low > 0 && position - place(low - 1) < place(low) - position ? low - 1 : low;
  };

  const timeAt = position => {
    const near = eventAt(position), index = place(near) > position ? near - 1 : near;
    if (!byTime || index < 0 || index + 1 >= count) return times[near];
    const width = place(index + 1) - place(index);
    return times[index] + (width > 0 ? Math.round((position - place(index)) / width * data.steps[index + 1]) : 0);
  };

  let cursor = 0, from = 0, to = end(), group = 0;
  const marked = new Map(data.marks.map(mark => [mark.event, mark]));

  // The picture.
  const tools = make("div", { className: "tools" });
  const picture = make("div", { className: "view" });
  const now = make("p", { className: "now" });
  now.setAttribute("aria-live", "polite");
  const slider = label => {
    const input = make("input", { type: "range", min: 0, max: count - 1, step: 1, value: 0, oninput: () => move(+input.value, true) });
    input.setAttribute("aria-label", label);
    return input;
  };
  const sliders = [slider("Event that is shown")];
  const axis = button("", () => { byTime = !byTime; [from, to] = [0, end()]; draw(); });
  const zoom = factor => {
    const middle = Math.min(to, Math.max(from, place(cursor))), width = Math.min(end(), Math.max(end() / 1e5, (to - from) * factor));
    from = Math.max(0, Math.min(end() - width, middle - width * ((middle - from) / (to - from || 1))));
    to = from + width;
    draw();
  };
  tools.append(button("+", () => zoom(0.5), "Zoom in at the cursor"), button("−", () => zoom(2), "Zoom out"),
    button("All", () => { [from, to] = [0, end()]; draw(); }, "Show all"), axis);
  if (!hasTime) axis.hidden = true;
  const legend = make("ul", { className: "legend" });
  const used = new Set(data.bars.flatMap(bar => bar.stages.filter((_, at) => at % 2 === 0)));
  data.stages.forEach((name, stage) => {
    if (used.has(stage)) legend.append(make("li", {}, make("i", { className: `swatch stage-${stage}` }), name));
  });
  if (data.marks.some(mark => !mark.isFinding)) legend.append(make("li", {}, make("i", { className: "swatch fault" }), "fault"));
  if (data.marks.some(mark => mark.isFinding)) legend.append(make("li", {}, make("i", { className: "swatch finding" }), "finding"));
  host.append(tools, legend, picture, sliders[0], now);

  const rows = data.tracks.map((track, number) => {
    const bars = data.bars.filter(bar => bar.track === number).sort((a, b) => a.stages[1] - b.stages[1]);
    const lanes = bars.reduce((most, bar) => Math.max(most, bar.lane + 1), 1);
    return { track, bars, lanes, pitch: Math.min(9, Math.max(4, 72 / lanes)) };
  });
  let layout = [];
  const escape = text => text.replace(/[&<>"]/g, letter => `&#${letter.charCodeAt(0)};`);

  const draw = () => {
    axis.textContent = byTime ? "Show by order" : "Show by time";
    const width = Math.max(280, picture.clientWidth), isNarrow = width < 560, left = isNarrow ? 8 : 118, right = width - 8;
    const x = position => left + (position - from) / (to - from) * (right - left);
    const clip = value => Math.max(left, Math.min(right, value)).toFixed(1);
    const paths = data.stages.map(() => []), under = [], over = [];
    let y = 8;
    layout = [];
    rows.forEach(row => {
      if (isNarrow) y += 15;
      const height = row.lanes * row.pitch + 6;
      under.push(`<text class="label" x="0" y="${isNarrow ? y - 3 : y + Math.max(11, height / 2 + 4)}">${escape(row.track.name)}</text>`,
        `<rect class="lane" x="${left}" y="${y}" width="${right - left}" height="${height}"/>`);
      const drawn = new Set();
      for (const bar of row.bars) {
        const last = place(bar.end);
        if (last < from || place(bar.stages[1]) > to) continue;
        for (let at = 0; at < bar.stages.length; at += 2) {
          const begins = place(bar.stages[at + 1]), ends = at + 3 < bar.stages.length ? place(bar.stages[at + 3]) : last;
          if (ends < from || begins > to) continue;
          const a = +clip(x(begins)), b = Math.max(a + 1.5, +clip(x(ends))), top = y + 3 + bar.lane * row.pitch;
          // What is smaller than a pixel is drawn once.
          const key = b - a < 2 ? `${bar.lane} ${bar.stages[at]} ${a | 0}` : "";
          if (key && drawn.has(key)) continue;
          drawn.add(key);
          paths[bar.stages[at]].push(`M${a} ${top.toFixed(1)}H${b.toFixed(1)}v${(row.pitch - 1).toFixed(1)}H${a}z`);
        }
      }
      layout.push({ top: y, bottom: y + height });
      y += height + 5;
    });
    const bottom = y;
    let nextTick = left;
    for (let at = left; at <= right - 30; at += 110) {
      const tick = timeAt(from + (at - left) / (right - left) * (to - from));
      under.push(`<line class="axis" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 4}"/><text class="tick" x="${at}" y="${bottom + 16}">${span(tick, isNarrow ? 4 : 5)}</text>`);
    }
    if (byTime) data.steps.forEach((step, index) => {
      const at = x(place(index));
      if (step <= shortened.cap || index === 0 || at < left || at > right || at < nextTick) return;
      const middle = (at + Math.max(left, x(place(index - 1)))) / 2;
      nextTick = middle + 90;
      under.push(`<line class="pause" x1="${middle}" x2="${middle}" y1="8" y2="${bottom}"/>`);
      if (middle + 80 < right) under.push(`<text class="tick" x="${middle}" y="${bottom + 31}">… ${span(step, 3)}</text>`);
    });
    for (const mark of data.marks) {
      const at = place(mark.event);
      if (at < from || at > to) continue;
      const px = +clip(x(at)), row = layout[mark.track], top = row ? row.top + 4 : 10, kind = mark.isFinding ? "finding" : "fault";
      over.push(`<path class="${kind}-line" d="M${px} 8V${bottom}"/><path class="${kind}" d="${mark.isFinding ? `M${px - 6} ${top}l6-6 6 6-6 6z` : `M${px - 5} ${top - 4}h10l-5 9z`}"><title>${escape(mark.label)}</title></path>`);
    }
    const position = place(cursor);
    if (position >= from && position <= to) over.push(`<path class="cursor" d="M${clip(x(position))} 2V${bottom + 2}"/>`);
    picture.innerHTML = `<svg role="img" viewBox="0 0 ${width} ${bottom + 36}" width="${width}" height="${bottom + 36}"><title>Timeline</title>${under.join("")}`
      + paths.map((path, stage) => path.length ? `<path class="stage-${stage}" d="${path.join("")}"/>` : "").join("") + `${over.join("")}</svg>`;
    picture.geometry = { left, right };
  };

  picture.addEventListener("click", happened => {
    const box = picture.getBoundingClientRect(), { left, right } = picture.geometry;
    const px = happened.clientX - box.left, py = happened.clientY - box.top;
    const unit = (to - from) / (right - left), position = from + (px - left) * unit;
    const number = layout.findIndex(row => py >= row.top && py <= row.bottom);
    const row = rows[number];
    const near = row?.bars.filter(bar => place(bar.stages[1]) <= position + 3 * unit && place(bar.end) >= position - 3 * unit) ?? [];
    const lane = row ? Math.floor((py - layout[number].top - 3) / row.pitch) : -1;
    const hit = near.find(bar => bar.lane === lane) ?? near[0];
    if (!hit) { move(eventAt(Math.max(0, Math.min(end(), position))), true); return; }
    const stages = hit.stages.filter((_, at) => at % 2 === 1 && place(hit.stages[at]) <= position + 3 * unit);
    group = hit.group;
    move(stages.at(-1) ?? hit.stages[1], true);
  });

  // The task sets.
  const sets = document.getElementById("tasksets");
  const chips = make("div", { className: "units" });
  const setNow = make("p", { className: "now" });
  if (sets) {
    sliders.push(slider("Event at which the task sets are shown"));
    sets.append(make("div", { className: "tools" }, button("◀", () => move(change(-1), true), "The change before"), button("▶", () => move(change(1), true), "The next change")),
      sliders[1], setNow, chips);
  }
  const units = rows.filter(row => row.track.isTaskSet);
  const changes = [...new Set(units.flatMap(row => row.bars.flatMap(bar => [...bar.stages.filter((_, at) => at % 2 === 1), bar.end])))].sort((a, b) => a - b);
  const change = way => (way > 0 ? changes.find(index => index > cursor) : changes.findLast(index => index < cursor)) ?? cursor;
  const stateStages = [...new Set(units.flatMap(row => row.bars.flatMap(bar => bar.stages.filter((_, at) => at % 2 === 0))))].sort((a, b) => a - b);
  const drawSets = () => {
    if (!sets) return;
    setNow.textContent = `Event ${cursor}, at ${span(times[cursor])}`;
    chips.replaceChildren(...units.map(row => {
      const active = row.bars.filter(bar => bar.stages[1] <= cursor && cursor < bar.end);
      const stageOf = bar => bar.stages[bar.stages.findLastIndex((value, at) => at % 2 === 1 && value <= cursor) - 1];
      const states = stateStages.map(stage => {
        const bars = active.filter(bar => stageOf(bar) === stage);
        return make("div", { className: "state" }, make("h4", {}, make("i", { className: `swatch stage-${stage}` }), data.stages[stage]),
          make("div", { className: "chips" }, ...bars.slice(0, 64).map(bar => {
            const chip = button(bar.label, () => { group = bar.group; move(bar.stages[1], true); openGroup(bar.group); }, data.groups[bar.group - 1] ?? bar.label);
            chip.title = data.groups[bar.group - 1] ?? "";
            return chip;
          }), ...(bars.length > 64 ? [make("span", { textContent: `… ${bars.length - 64} more` })] : [])));
      });
      return make("div", { className: "unit" }, make("h3", { textContent: `${row.track.name}: ${active.length === 1 ? "1 task" : `${active.length} tasks`}` }),
        make("div", { className: "states" }, ...states));
    }));
  };

  // The messages, folded by command.
  const list = document.getElementById("messages");
  const events = new Map();
  for (let index = 0; index < count; index++) {
    const number = data.group[index];
    if (!events.has(number)) events.set(number, []);
    events.get(number).push(index);
  }
  const order = [...events.keys()];
  const pageLength = 100, lineLength = 200;
  const folds = new Map();
  let shown = 0;
  const lineOf = index => {
    const isGap = data.gapLength && index === data.gapBefore;
    const line = make("li", { id: `event-${index}`, className: marked.has(index) ? (marked.get(index).isFinding ? "finding" : "fault") : "" },
      make("span", { className: "time", textContent: span(times[index]) }),
      make("span", { className: "way", textContent: [data.names[data.from[index]], data.names[data.to[index]]].filter(name => name).join(" → ") }),
      make("span", { textContent: (isGap ? `(${data.gapLength} events before this are left out) ` : "") + data.texts[data.text[index]] }));
    line.onclick = () => move(index, true);
    return line;
  };
  const fill = (fold, indices, first) => {
    const lines = fold.querySelector("ol");
    indices.slice(first, first + lineLength).forEach(index => lines.append(lineOf(index)));
    const rest = indices.length - first - lineLength;
    if (rest > 0) {
      const more = make("li", {}, button(`… ${rest} more`, () => { more.remove(); fill(fold, indices, first + lineLength); }));
      lines.append(more);
    }
  };
  const foldOf = number => {
    const indices = events.get(number);
    const hits = indices.filter(index => marked.has(index)).length;
    const title = number === 0 ? "Messages of no command: start, configuration, resets" : data.groups[number - 1];
    const fold = make("details", {}, make("summary", {}, ...(hits ? [make("b", { className: "hit", textContent: "▼ " })] : []),
      title, make("span", { className: "quiet", textContent: ` ${indices.length === 1 ? "1 message" : `${indices.length} messages`}` })), make("ol"));
    fold.addEventListener("toggle", () => { if (fold.open && !fold.filled) { fold.filled = true; fill(fold, indices, 0); } });
    folds.set(number, fold);
    return fold;
  };
  const more = button("", () => showMore(pageLength));
  const showMore = length => {
    order.slice(shown, shown + length).forEach(number => more.before(foldOf(number)));
    shown = Math.min(order.length, shown + length);
    more.textContent = `… ${order.length - shown} more`;
    more.hidden = shown >= order.length;
  };
  if (list) {
    if (data.gapLength) list.append(make("p", { className: "remark", textContent: `${data.gapLength} events in the middle are left out. ${data.gapText}` }));
    list.append(more);
    showMore(pageLength);
  }
  const openGroup = number => {
    while (!folds.has(number) && shown < order.length) showMore(pageLength);
    const fold = folds.get(number);
    if (!fold) return null;
    if (!fold.filled) { fold.filled = true; fill(fold, events.get(number), 0); }
    fold.open = true;
    return fold;
  };

  const move = (index, isByHand) => {
    cursor = Math.max(0, Math.min(count - 1, index));
    if (!isByHand) group = data.group[cursor];
    for (const input of sliders) input.value = cursor;
    const name = data.group[cursor] ? ` (${data.groups[data.group[cursor] - 1]})` : "";
    now.textContent = `Event ${cursor}, at ${span(times[cursor])}: ${[data.names[data.from[cursor]], data.names[data.to[cursor]]].filter(one => one).join(" → ")}: `
      + `${data.texts[data.text[cursor]]}${name}`;
    draw();
    drawSets();
  };
  const follow = () => {
    const match = /^#event-(\d+)$/.exec(location.hash);
    if (!match) return;
    const index = Math.min(count - 1, +match[1]), middle = place(index), width = Math.max(end() / 50, Math.min(end(), 60 * (end() / count)));
    from = Math.max(0, Math.min(end() - width, middle - width / 2));
    to = from + width;
    move(index, false);
    openGroup(data.group[index]);
    document.querySelectorAll(".messages li.current").forEach(line => line.classList.remove("current"));
    document.getElementById(`event-${index}`)?.classList.add("current");
    host.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", happened => {
    const link = happened.target.closest?.("a[href^='#event-']");
    if (link && link.hash === location.hash) { happened.preventDefault(); follow(); }
  });
  let known = 0;
  new ResizeObserver(() => { if (picture.clientWidth !== known) { known = picture.clientWidth; draw(); } }).observe(picture);
  // The middle of what happens in the task sets says more than its beginning.
  move(changes[changes.length >> 1] ?? 0, false);
  follow();
})();
