/* Moves the rows of a part by buttons and by dragging, and numbers their order fields; does the
   same with the lines of a text. The fields stay as they are and say what will be saved. */

const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.getElementById("content-main")?.append(status);

const button = (words, sign) => {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button order-button";
  element.textContent = sign;
  element.dataset.words = words;
  return element;
};

/* Give `row` its controls. `list` has rows(), name(row) and moved(): what to do after a move. */
const addControls = (list, row, place) => {
  const controls = document.createElement("span");
  controls.className = "order-controls";
  const up = button("up", "↑");
  const down = button("down", "↓");
  const handle = document.createElement("span");
  handle.className = "order-handle";
  handle.textContent = "⠿";
  handle.title = "Drag to move";
  handle.setAttribute("aria-hidden", "true");
  controls.append(up, down, handle);
  place.append(controls);

  const step = (control, by) => {
    const rows = list.rows();
    const neighbour = rows[rows.indexOf(row) + by];
    if (!neighbour) return;
    // The neighbour moves: the row with the focus stays where it is in the document.
    row[by < 0 ? "after" : "before"](neighbour);
    finish();
    control.focus();
    row.scrollIntoView({ block: "nearest" });
  };
  const finish = () => {
    list.moved();
    refresh(list);
    const rows = list.rows();
    status.textContent = `${list.name(row)}: now ${rows.indexOf(row) + 1} of ${rows.length}`;
  };
  up.addEventListener("click", () => step(up, -1));
  down.addEventListener("click", () => step(down, 1));

  let before = "";
  const order = () => list.rows().map((each) => each.id || each.dataset.line).join();
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    row.classList.add("order-dragged");
    before = order();
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const rows = list.rows();
    const own = rows.indexOf(row);
    const middle = (each) => {
      const frame = each.getBoundingClientRect();
      return frame.top + frame.height / 2;
    };
    // The others move: a row taken out of the document would let go of the pointer.
    const passed = (each, index) =>
      index < own ? event.clientY < middle(each) : index > own && event.clientY > middle(each);
    const others = rows.filter(passed);
    if (!others.length) return;
    row[rows.indexOf(others[0]) < own ? "after" : "before"](...others);
  });
  handle.addEventListener("lostpointercapture", () => {
    row.classList.remove("order-dragged");
    if (order() !== before) finish();
  });
};

/* Name the buttons of every row, and mark those that lead nowhere. */
const refresh = (list) => {
  const rows = list.rows();
  rows.forEach((row, index) => {
    row.querySelectorAll(".order-button").forEach((control) => {
      const isUp = control.dataset.words === "up";
      control.setAttribute("aria-label", `Move ${list.name(row)} ${control.dataset.words}`);
      control.setAttribute("aria-disabled", String(index === (isUp ? 0 : rows.length - 1)));
    });
  });
};

/* Rows of a part, each with an order field. */
const orderField = (row) => row.querySelector("input[data-movable]");

const movableRows = (group) => {
  const { prefix } = JSON.parse(group.dataset.inlineFormset).options;
  const list = {
    rows: () => [...group.querySelectorAll(".inline-related:not(.empty-form)")],
    name: (row) =>
      row.querySelector("input[type=text]")?.value || row.querySelector(".inline_label").textContent,
    moved: () => {
      list.rows().forEach((row, index) => { orderField(row).value = index + 1; });
      orderField(list.rows()[0]).dispatchEvent(new Event("input", { bubbles: true }));
    },
  };
  const add = (row) => {
    row.querySelector(".order-controls")?.remove();
    addControls(list, row, row.querySelector("h3"));
  };
  const sortBy = (key) => {
    const rows = list.rows();
    const sorted = rows.toSorted((one, other) => key(one) - key(other));
    if (sorted.some((row, index) => row !== rows[index])) {
      group.querySelector(".empty-form").before(...sorted);
    }
  };
  const byOrder = (row) => Number(orderField(row).value || Infinity);
  sortBy(byOrder);
  list.rows().forEach(add);
  refresh(list);
  group.addEventListener("input", () => refresh(list));
  document.addEventListener("formset:added", (event) => {
    if (event.detail.formsetName !== prefix) return;
    const last = Math.max(0, ...list.rows().map((row) => Number(orderField(row).value) || 0));
    orderField(event.target).value = last + 1;
    add(event.target);
    refresh(list);
  });
  document.addEventListener("formset:removed", (event) => {
    if (event.detail.formsetName !== prefix) return;
    // Django numbers what is left from the top, and saved rows must keep the first numbers.
    sortBy((row) => Number(row.id.split("-").pop()));
    setTimeout(() => { sortBy(byOrder); refresh(list); }, 0);
  });
};

/* Lines of a text, listed below it. */
const movableLines = (field) => {
  const shown = document.createElement("ol");
  shown.className = "order-lines";
  shown.setAttribute("aria-label", `${field.labels[0].textContent.replace(/:\s*$/, "")}, to move`);
  field.closest(".flex-container").after(shown);
  let writing = false;
  const list = {
    rows: () => [...shown.children],
    name: (row) => row.dataset.name,
    moved: () => {
      field.value = list.rows().map((row) => row.dataset.line).join("\n");
      writing = true;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      writing = false;
    },
  };
  const read = () => {
    if (writing) return;
    const lines = field.value.split("\n").filter((line) => line.trim());
    shown.replaceChildren(
      ...lines.map((line) => {
        const row = document.createElement("li");
        row.dataset.line = line;
        row.dataset.name = line.length > 40 ? `${line.slice(0, 40)}…` : line;
        const words = document.createElement("span");
        words.textContent = row.dataset.name;
        row.append(words);
        addControls(list, row, row);
        return row;
      }),
    );
    shown.hidden = lines.length < 2;
    refresh(list);
  };
  field.addEventListener("input", read);
  read();
};

document.querySelectorAll(".js-inline-admin-formset").forEach((group) => {
  if (group.querySelector("input[data-movable]")) movableRows(group);
});
document.querySelectorAll("textarea[data-movable]").forEach(movableLines);
