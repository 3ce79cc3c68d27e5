/* Suggestions under the search fields: an addition, the form works without it.
   A combobox as the ARIA practices describe it: the field keeps the focus, arrow keys move
   through the list, Enter follows the chosen page or sends the form, Escape closes. */
const WAIT = 180;
const KINDS = { point: "Point", symptom: "Symptom", urgent: "Get help" };

function combobox(field) {
  const form = field.form;
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let timer, request, options = [], active = -1;

  list.id = `${field.id}-list`;
  list.className = "suggest";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  status.className = "vh";
  status.setAttribute("role", "status");
  // The list hangs from the field, wherever the button goes.
  const box = document.createElement("div");
  box.className = "combo";
  field.replaceWith(box);
  box.append(field, list, status);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function choose(number) {
    options[active]?.setAttribute("aria-selected", "false");
    active = number;
    const option = options[active];
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  }

  function show(pages) {
    list.replaceChildren(...pages.map((page, number) => {
      const option = document.createElement("li");
      const kind = document.createElement("small");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = page.url;
      kind.textContent = KINDS[page.kind];
      option.append(page.label, " ", kind);
      return option;
    }));
    options = [...list.children];
    active = -1;
    field.removeAttribute("aria-activedescendant");
    list.hidden = !options.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    const many = options.length === 1 ? "1 suggestion" : `${options.length} suggestions`;
    status.textContent = options.length ? `${many}, use the arrow keys` : "";
  }

  async function ask() {
    request?.abort();
    request = new AbortController();
    const url = `${form.dataset.suggest}?${new URLSearchParams({ q: field.value })}`;
    try {
      const answer = await fetch(url, { signal: request.signal });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch {
      // Typed on, or no network: the form still works.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    // One Chinese character is a word; one letter is not.
    if (/^[\x00-\x7f]?$/.test(field.value.trim())) return close();
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
      event.preventDefault();
      // One place beyond the ends is the field itself.
      const places = options.length + 1;
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose((active + 1 + step + places) % places - 1);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      location.assign(options[active].dataset.url);
    } else if (event.key === "Tab") {
      close();
    }
  });
  field.addEventListener("blur", close);
  form.addEventListener("submit", close);
  // Keep the focus in the field, so that the list is still there when the button comes up.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
}

document.querySelectorAll("form[data-suggest] input[type=search]").forEach(combobox);
