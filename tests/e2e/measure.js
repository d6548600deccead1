// Measures the page as an elderly reader meets it. Evaluated by phone.py; gives a list of complaints.
({ fontPx, targetPx, contrast }) => {
  const complaints = [];
  const name = (element) => {
    const words = (element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 20);
    return `${element.tagName.toLowerCase()}${element.id && `#${element.id}`} “${words}”`;
  };
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const outside = (box) => box.right <= 0 || box.bottom <= 0 || box.width <= 1 || box.height <= 1;

  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0.5) return color;
    }
    return [255, 255, 255];
  };
  const ratio = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !seen(element) || element.closest("script, noscript, svg")) continue;
    if (outside(element.getBoundingClientRect())) continue;
    texts += 1;
    if (/undefined|NaN|null|false|\[object|\{\w+\}/.test(walker.currentNode.data)) complaints.push(`${name(element)}: leaks`);
    const style = getComputedStyle(element);
    if (parseFloat(style.fontSize) < fontPx) complaints.push(`${name(element)}: text of ${style.fontSize}`);
    const found = ratio(channels(style.color), groundOf(element));
    if (found < contrast) complaints.push(`${name(element)}: contrast of ${found.toFixed(2)}`);
  }
  if (texts < 5) complaints.push(`only ${texts} texts were measured`);

  for (const element of document.querySelectorAll("a, button, input, textarea, summary, label.file, label.check")) {
    if (!seen(element) || element.closest("label.file, label.check") !== (element.matches("label") ? element : null)) continue;
    const box = element.getBoundingClientRect();
    // Links within a sentence are exempt, as in WCAG 2.5.8; those that stand alone are not.
    const inline = element.matches("a") && getComputedStyle(element).display === "inline" && element.closest("p");
    if (outside(box) || inline) continue;
    if (Math.min(box.width, box.height) < targetPx) complaints.push(`${name(element)}: target of ${box.width}×${box.height}`);
  }

  for (const element of document.querySelectorAll("a, button, input, textarea, summary, img, video, nav, section")) {
    if (!seen(element)) continue;
    const labelled = element.getAttribute("aria-label") || element.getAttribute("aria-labelledby") || element.getAttribute("alt");
    const words = labelled || element.textContent.trim() || (element.labels?.[0]?.textContent ?? "").trim();
    if (!words && !element.matches("video, section")) complaints.push(`${name(element)}: has no name`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) complaints.push(`two elements are #${id}`);
  if (document.querySelectorAll("h1").length !== 1) complaints.push("not exactly one h1");
  return complaints;
}
