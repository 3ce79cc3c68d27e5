/* Shows the stored picture above its two numbers of focus: a click or the arrow keys set them. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const source = document.querySelector("[data-focus-picture]");
  const x = document.getElementById("id_focus_x");
  const y = document.getElementById("id_focus_y");
  if (!source || !x || !y) return;
  const namespace = "http://www.w3.org/2000/svg";
  const { focusPicture, width, height } = source.dataset;
  const field = document.createElementNS(namespace, "svg");
  field.setAttribute("viewBox", `0 0 ${width} ${height}`);
  field.setAttribute("class", "desk-focus");
  field.setAttribute("tabindex", "0");
  field.setAttribute("role", "application");
  field.setAttribute("aria-label", "Focus of the picture: move it with the arrow keys");
  const image = document.createElementNS(namespace, "image");
  image.setAttribute("href", focusPicture);
  image.setAttribute("width", width);
  image.setAttribute("height", height);
  const mark = document.createElementNS(namespace, "circle");
  mark.setAttribute("r", Math.max(width, height) / 30);
  field.append(image, mark);

  const show = () => {
    mark.setAttribute("cx", (width * x.value) / 100);
    mark.setAttribute("cy", (height * y.value) / 100);
  };
  const set = (input, value) => {
    input.value = Math.round(Math.min(100, Math.max(0, value)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  field.addEventListener("click", (event) => {
    const box = field.getBoundingClientRect();
    set(x, (100 * (event.clientX - box.left)) / box.width);
    set(y, (100 * (event.clientY - box.top)) / box.height);
  });
  field.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 2;
    const [dx, dy] = {
      ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step],
    }[event.key] || [0, 0];
    if (!dx && !dy) return;
    event.preventDefault();
    set(x, Number(x.value) + dx);
    set(y, Number(y.value) + dy);
  });
  [x, y].forEach((input) => input.addEventListener("input", show));
  show();
  source.append(field);
});
