/* Places a point's markers by click and arrow keys on the figure chosen in each row, and shows the
   card as readers will see it. The number fields stay: both follow each other. */

const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.5;
const LONG_STEP = 2;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LABELS = {
  left: { x: -16, y: 6, "text-anchor": "end" },
  right: { x: 16, y: 6 },
  top: { y: -18, "text-anchor": "middle" },
  bottom: { y: 32, "text-anchor": "middle" },
};
const group = document.getElementById("markers-group");
const pickers = new Map();
let hints = 0;

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

const draw = (parent, tag, attributes) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return parent.appendChild(element);
};

/* Fill `svg` with the drawing of `figure` and a ring for each place of `marks`. */
const drawFigure = (svg, figure, marks, { viewbox, ring, dot }) => {
  svg.setAttribute("viewBox", viewbox);
  const { href, width, height } = figure;
  const drawing = svg.querySelector("use") || draw(svg, "use", {});
  if (drawing.getAttribute("href") !== href) {
    for (const [name, value] of Object.entries({ href, width, height })) {
      drawing.setAttribute(name, value);
    }
  }
  svg.querySelectorAll("g").forEach((mark) => mark.remove());
  for (const mark of marks) {
    const xs = mark.paired ? [mark.x, 100 - mark.x] : [mark.x];
    xs.forEach((x, side) => {
      const at = `translate(${(x * width) / 100} ${(mark.y * height) / 100})`;
      const sign = draw(svg, "g", { class: "marker-sign", transform: at });
      draw(sign, "circle", { class: "marker-ring", r: ring });
      draw(sign, "circle", { class: "marker-dot", r: dot });
      if (mark.label && side === 0) {
        draw(sign, "text", LABELS[mark.labelSide] || LABELS.right).textContent = mark.label;
      }
    });
  }
};

class Picker {
  constructor(row) {
    this.field = (name) => row.querySelector(`[name$="-${name}"]`);
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("aria-hidden", "true");
    this.surface = make("div", { class: "marker-surface", role: "application", tabindex: "0" });
    this.surface.append(this.svg);
    this.status = make("p", { class: "marker-status", role: "status" });
    const hint = make("p", { class: "help", id: `marker-hint-${++hints}` });
    hint.textContent =
      "Click to place the marker. Arrow keys move it by 0.5 percent, with Shift by 2.";
    this.surface.setAttribute("aria-describedby", hint.id);
    this.box = make("div", { class: "marker-picker" }, this.surface, this.status, hint);
    row.append(this.box);

    this.surface.addEventListener("click", (event) => {
      const frame = this.svg.getBoundingClientRect();
      this.surface.focus();
      this.place(
        ((event.clientX - frame.left) / frame.width) * 100,
        ((event.clientY - frame.top) / frame.height) * 100,
      );
    });
    this.surface.addEventListener("keydown", (event) => {
      if (!(event.key in ARROWS) || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const [right, down] = ARROWS[event.key];
      const step = event.shiftKey ? LONG_STEP : STEP;
      const { x, y } = this.mark ?? { x: 50, y: 50 };
      this.place(x + right * step, y + down * step);
    });
    row.addEventListener("input", () => this.show());
    this.show();
  }

  get figure() {
    const { drawing, width, height } = this.field("figure").selectedOptions[0]?.dataset ?? {};
    return drawing && { path: drawing, href: `${drawing}#figure`, width, height };
  }

  /* The marker as the fields have it; null while they hold no place on the figure. */
  get mark() {
    const [x, y] = ["x", "y"].map((name) => parseFloat(this.field(name).value));
    if (!(x >= 0 && x <= 100 && y >= 0 && y <= 100)) return null;
    return {
      x,
      y,
      paired: this.field("paired").checked,
      label: document.getElementById("id_code")?.value,
      labelSide: this.field("label_side").value,
    };
  }

  get isCloseup() {
    return this.field("role").value === "closeup" && !this.field("DELETE")?.checked;
  }

  place(x, y) {
    for (const [name, value] of Object.entries({ x, y })) {
      this.field(name).value = Math.min(100, Math.max(0, value)).toFixed(1);
    }
    this.field("x").dispatchEvent(new Event("input", { bubbles: true }));
  }

  show() {
    const { figure, mark } = this;
    this.box.hidden = !figure;
    if (!figure) return;
    const title = this.field("figure").selectedOptions[0].text;
    const position = mark ? `${mark.x} from the left, ${mark.y} from the top` : "not placed yet";
    this.surface.setAttribute("aria-label", `Marker on ${title}, ${position}`);
    this.status.textContent = position[0].toUpperCase() + position.slice(1);
    const viewbox = `0 0 ${figure.width} ${figure.height}`;
    drawFigure(this.svg, figure, mark ? [mark] : [], { viewbox, ring: 11, dot: 5 });
  }
}

/* The card of this point: the first close-up's figure, cropped by the server around its markers. */
const card = document.createElementNS(SVG, "svg");
const cardBox = make("figure", { class: "marker-card" }, card);
cardBox.append(make("figcaption", {}, "As cropped on cards"));
let asked = 0;

const showCard = async () => {
  const closeups = [...pickers.values()].filter((picker) => picker.isCloseup && picker.mark);
  const figure = closeups[0]?.figure;
  const number = ++asked;
  if (!figure) {
    card.replaceChildren();
    return;
  }
  const marks = closeups
    .filter((picker) => picker.figure?.path === figure.path)
    .map((picker) => ({ ...picker.mark, label: "" }));
  const query = new URLSearchParams(
    marks.map((mark) => ["mark", [mark.x, mark.y, mark.paired ? "on" : ""].join()]),
  );
  const answer = await fetch(`${figure.path.replace(/svg$/, "json")}?${query}`);
  if (!answer.ok || number !== asked) return;
  drawFigure(card, figure, marks, await answer.json());
};

let waiting;
const showCardSoon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(showCard, 150);
};

if (group) {
  card.setAttribute("aria-hidden", "true");
  group.querySelectorAll(".inline-related:not(.empty-form)").forEach((row) => {
    pickers.set(row, new Picker(row));
  });
  group.querySelector(".inline-related").before(cardBox);
  showCard();
  group.addEventListener("input", showCardSoon);
  document.addEventListener("formset:added", (event) => {
    if (event.detail.formsetName !== "markers") return;
    pickers.set(event.target, new Picker(event.target));
  });
  document.addEventListener("formset:removed", (event) => {
    if (event.detail.formsetName !== "markers") return;
    for (const row of pickers.keys()) if (!row.isConnected) pickers.delete(row);
    showCardSoon();
  });
  document.getElementById("id_code")?.addEventListener("input", () => {
    pickers.forEach((picker) => picker.show());
  });
}
