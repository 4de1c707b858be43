// The parts that pages are made of.
const PATHS = { good: "M13 25l8 8 15-17", bad: "M16 16l16 16M32 16L16 32", unsure: "M24 13v14M24 35v.5" };

export function find(id) {
  return document.getElementById(id);
}

export function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function icon(tone, className) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  made.setAttribute("viewBox", "0 0 48 48");
  made.setAttribute("class", className);
  made.setAttribute("aria-hidden", "true");
  made.innerHTML = `<circle cx="24" cy="24" r="23"/><path d="${PATHS[tone]}"/>`;
  return made;
}
