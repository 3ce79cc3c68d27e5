/* A long form: its links open the part they lead to, parts with errors are open, and every part
   says how many rows it has. */

const ROWS = ":is(.inline-related:not(.tabular), .tabular tr.form-row):not(.empty-form)";
const groups = [...document.querySelectorAll(".js-inline-admin-formset")];

const open = (place) => {
  place.querySelector(":scope > fieldset > details")?.setAttribute("open", "");
  for (let part = place; part; part = part.parentElement) {
    if (part.tagName === "DETAILS") part.open = true;
  }
};

/* What takes the focus for `place`: a search field stands in for its hidden select. */
const focusable = (place) => {
  if (place.classList.contains("select2-hidden-accessible")) {
    return place.nextElementSibling.querySelector("[role=combobox], .select2-search__field");
  }
  if (place.matches("input, select, textarea")) return place;
  const summary = place.querySelector("summary");
  if (!summary) place.tabIndex = -1;
  return summary ?? place;
};

// The address stays without the part: posting to it would jump there again, past the errors.
document.querySelectorAll(".form-errors a, .form-contents a, .messagelist a[href^='#']").forEach((link) => {
  link.addEventListener("click", (event) => {
    const place = document.getElementById(link.hash.slice(1));
    if (!place) return;
    event.preventDefault();
    open(place);
    const target = focusable(place);
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: target === place && place.form ? "center" : "start" });
  });
});

document.querySelectorAll("#content-main form details .errorlist").forEach(open);

const count = () => {
  for (const group of groups) {
    const { prefix } = JSON.parse(group.dataset.inlineFormset).options;
    const rows = `(${group.querySelectorAll(ROWS).length})`;
    const shown = document.querySelectorAll(`[data-rows-of="${prefix}"]`);
    shown.forEach((place) => { place.textContent = rows; });
  }
};

for (const group of groups) {
  const { prefix } = JSON.parse(group.dataset.inlineFormset).options;
  const shown = document.createElement("span");
  shown.className = "form-count";
  shown.dataset.rowsOf = prefix;
  group.querySelector(".inline-heading")?.append(" ", shown);
}
count();
document.addEventListener("formset:added", count);
document.addEventListener("formset:removed", count);

// What is asked for and has been filled in since is struck through.
const asked = [...document.querySelectorAll(".form-errors a")].flatMap((link) => {
  const field = document.getElementById(link.hash.slice(1));
  return field?.form ? [{ line: link.parentElement, field, was: field.value }] : [];
});
const strike = () => {
  for (const { line, field, was } of asked) {
    line.classList.toggle("form-done", field.value !== was && field.value.trim() !== "");
  }
};
for (const kind of ["input", "change", "focusin"]) document.addEventListener(kind, strike);

// What is wrong is read first.
document.getElementById("form-errors-heading")?.focus();
