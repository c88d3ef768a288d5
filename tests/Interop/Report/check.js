// Looks at the page as it is laid out now, and returns a list of what is wrong with it.
(() => {
  const slack = 0.75, wrong = [];
  // On paper, which does not scroll, a diagram is as small as it has to be.
  const smallest = matchMedia("print").matches ? 6 : 10;
  const isShown = element => element.getClientRects().length > 0;
  const isInBox = element => element.closest(".scroll") !== null;
  const describe = element => `${element.localName}.${element.getAttribute("class") ?? ""} "${element.textContent.trim().slice(0, 40)}"`;
  const shownPictures = [...document.querySelectorAll("svg")].filter(isShown);

  // Nothing is wider than the window, but for what scrolls in a box of its own.
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width)
    wrong.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${width}`);
  for (const element of document.body.querySelectorAll("*")) {
    if (!isShown(element) || (isInBox(element) && !element.classList.contains("scroll")))
      continue;
    const box = element.getBoundingClientRect();
    if (box.left < -slack || box.right > width + slack)
      wrong.push(`${describe(element)} reaches from ${box.left} to ${box.right} in a window of ${width}`);
  }

  // What text covers: its box without the room above and below its letters.
  const inked = text => {
    const box = text.getBoundingClientRect(), trim = box.height * 0.16;
    return { left: box.left, right: box.right, top: box.top + trim, bottom: box.bottom - trim };
  };
  const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack;
  for (const picture of shownPictures) {
    const frame = picture.getBoundingClientRect();
    const texts = [...picture.querySelectorAll("text")].map(text => ({ text, box: inked(text) }));
    const bars = [...picture.querySelectorAll(".bar")].map(bar => bar.getBoundingClientRect());
    texts.forEach(({ text, box }, index) => {
      if (box.left < frame.left - slack || box.right > frame.right + slack || box.top < frame.top - slack || box.bottom > frame.bottom + slack)
        wrong.push(`${describe(text)} is cut off by its picture`);
      for (const other of texts.slice(index + 1))
        if (overlap(box, other.box))
          wrong.push(`${describe(text)} and ${describe(other.text)} overlap`);
      if (bars.some(bar => overlap(box, bar)))
        wrong.push(`${describe(text)} stands on a bar`);
    });
    for (const text of picture.querySelectorAll("text")) {
      const size = text.getBoundingClientRect().height / text.getBBox().height * parseFloat(getComputedStyle(text).fontSize);
      if (size < smallest)
        wrong.push(`${describe(text)} is only ${size} pixels high`);
    }
  }

  // The contrast of text, as WCAG 2 counts it.
  const colour = text => text.match(/[\d.]+/g).map(Number);
  const luminance = text => {
    const [r, g, b] = colour(text).map(part => { const share = part / 255; return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
  const isSolid = text => text.startsWith("rgb(") && text !== "none";
  const behind = element => {
    for (let above = element; above; above = above.parentElement) {
      const back = getComputedStyle(above).backgroundColor;
      if (isSolid(back))
        return back;
    }
    return "rgb(255, 255, 255)";
  };
  const under = text => {
    const box = text.getBoundingClientRect(), x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    const shapes = [...text.ownerSVGElement.querySelectorAll("rect, circle")].filter(shape => {
      const area = shape.getBoundingClientRect();
      return shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING && area.left <= x && x <= area.right && area.top <= y && y <= area.bottom
        && isSolid(getComputedStyle(shape).fill);
    });
    return shapes.length > 0 ? getComputedStyle(shapes.at(-1)).fill : behind(text.ownerSVGElement);
  };
  let lowest = 99, texts = 0;
  for (const element of document.body.querySelectorAll("*")) {
    const hasText = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
    const isText = element instanceof SVGElement ? element.localName === "text" : !["SCRIPT", "STYLE"].includes(element.tagName);
    if (!hasText || !isText || !isShown(element))
      continue;
    const style = getComputedStyle(element);
    const ratio = element instanceof SVGElement ? contrast(style.fill, under(element)) : contrast(style.color, behind(element));
    lowest = Math.min(lowest, ratio);
    texts++;
    if (ratio < 4.5)
      wrong.push(`${describe(element)} has a contrast of ${ratio.toFixed(2)}`);
  }

  // What readers who do not see the page are told.
  for (const picture of document.querySelectorAll("svg[role=img]"))
    if (!picture.querySelector(":scope > title")?.textContent)
      wrong.push("a picture has no title");
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption?.textContent)
      wrong.push("a table has no caption");
    for (const heading of table.querySelectorAll("th"))
      if (!heading.scope)
        wrong.push(`${describe(heading)} has no scope`);
  }
  const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
  if (new Set(ids).size !== ids.length)
    wrong.push("an id is used twice");

  return { wrong, lowest, texts, pictures: shownPictures.length, page: getComputedStyle(document.documentElement).backgroundColor };
})()
