/* Mends habits of the admin: the Markdown editor keeps the Tab key and forgets added rows; search
   fields have no names. */
"use strict";

// Tab moves on to the next field, as everywhere else.
window.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Tab" && event.target.matches(".markdownx-editor")) event.stopPropagation();
  },
  true,
);

// The editor's script only knows the fields of a page that has just loaded: run it once more.
document.addEventListener("formset:added", (event) => {
  const editors = event.target.querySelectorAll(".markdownx-editor");
  if (!editors.length) return;
  editors.forEach((editor) => editor.removeAttribute("data-markdownx-init"));
  const script = document.createElement("script");
  script.src = document.querySelector('script[src*="markdownx"]').src;
  document.head.append(script);
});

// Django's search fields for many records have no name for screen readers, and a cross inside the
// list that removes everything at one click.
const tidySearchFields = () => {
  document
    .querySelectorAll("ul.select2-selection__rendered > .select2-selection__clear")
    .forEach((cross) => cross.remove());
  document.querySelectorAll(".select2-search__field:not([aria-label])").forEach((field) => {
    const label = field.closest(".select2-container")?.previousElementSibling?.labels?.[0];
    if (label) field.setAttribute("aria-label", label.textContent.replace(/:\s*$/, ""));
  });
};
new MutationObserver(tidySearchFields).observe(document, { childList: true, subtree: true });
