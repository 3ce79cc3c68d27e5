/* What an editor has typed survives a crash: a copy stays in this browser until it is saved, and
   whoever leaves a form with unsaved changes is asked first. */
const form = document.querySelector("#content-main form[method=post][id$=_form]");
const KEEP_DAYS = 7;

if (form) {
  const key = `typed ${location.pathname}${location.search}`;
  const base = form.elements._base?.value ?? "";
  let timer, changed = false;

  const fields = () => [...form.elements].filter((field) =>
    field.name && !/^_|csrfmiddlewaretoken|__prefix__/.test(field.name)
    && !["submit", "button", "file"].includes(field.type));

  const valueOf = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked;
    if (field.tagName === "SELECT") {
      return [...field.selectedOptions].map((option) => [option.value, option.textContent.trim()]);
    }
    return field.value;
  };

  const nameOf = (field) => field.type === "radio" ? `${field.name} ${field.value}` : field.name;
  const typed = () => Object.fromEntries(fields().map((field) => [nameOf(field), valueOf(field)]));

  function keep(sent = false) {
    clearTimeout(timer);
    try {
      localStorage.setItem(key, JSON.stringify({ base, sent, at: Date.now(), typed: typed() }));
    } catch {
      // A full or forbidden store: the form itself still has everything.
    }
  }

  function putBack(values) {
    for (const [name, value] of Object.entries(values)) {
      const rows = name.match(/^(.+)-TOTAL_FORMS$/);
      if (!rows) continue;
      const add = document.querySelector(`#${rows[1]}-group .add-row a`);
      while (add && Number(form.elements[name].value) < Number(value)) add.click();
    }
    for (const field of fields()) {
      const value = values[nameOf(field)];
      if (value === undefined || /-(TOTAL|INITIAL)_FORMS$/.test(field.name)) continue;
      if (typeof value === "boolean") field.checked = value;
      else if (field.tagName !== "SELECT") field.value = value;
      else {
        for (const option of field.options) option.selected = false;
        for (const [one, text] of value) {
          let option = [...field.options].find((known) => known.value === one);
          if (!option) field.append(option = new Option(text, one));
          option.selected = true;
        }
      }
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  function offer(copy) {
    const notice = document.createElement("section");
    const words = document.createElement("p");
    notice.className = "desk-typed";
    notice.setAttribute("aria-label", "Unsaved text");
    words.textContent = `This browser has a copy of what was typed here on ${new Date(copy.at).toLocaleString()} and not saved.`;
    const button = (label, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "button";
      made.textContent = label;
      made.addEventListener("click", () => { notice.remove(); act(); });
      return made;
    };
    notice.append(
      words,
      button("Put it back", () => putBack(copy.typed)),
      " ",
      button("Throw it away", () => localStorage.removeItem(key)),
    );
    form.before(notice);
  }

  let copy = null;
  try {
    copy = JSON.parse(localStorage.getItem(key));
  } catch {
    copy = null;
  }
  const isOld = copy && Date.now() - copy.at > KEEP_DAYS * 86_400_000;
  const wasSaved = copy && copy.sent && copy.base !== base;
  if (isOld || wasSaved || (copy && JSON.stringify(copy.typed) === JSON.stringify(typed()))) {
    localStorage.removeItem(key);
  } else if (copy) {
    offer(copy);
  }

  const note = () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 400);
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("formset:removed", note);
  form.addEventListener("submit", () => {
    if (changed) keep(true);
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
