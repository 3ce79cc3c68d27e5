/* A picture for a Markdown text, dropped, pasted or chosen with the button: asks for its words
   before anything is sent. Shows the pictures where one of them is chosen. */
"use strict";

const tell = (editor, sentence) => {
  const parent = editor.closest(".markdownx");
  const note = parent.querySelector(".desk-error") || document.createElement("p");
  note.className = "errornote desk-error";
  note.setAttribute("role", "alert");
  parent.prepend(note);
  note.textContent = sentence;
};

const insert = (editor, picture) => {
  // Not glued to its neighbours: a list would stop being one.
  const before = editor.value.slice(0, editor.selectionStart);
  const after = editor.value.slice(editor.selectionEnd);
  const text = (/\S$/.test(before) ? " " : "") + picture + (/^[^\n]/.test(after) ? "\n\n" : "");
  editor.setRangeText(text, editor.selectionStart, editor.selectionEnd, "end");
  editor.dispatchEvent(new Event("input", { bubbles: true }));
  editor.closest(".markdownx").querySelector(".desk-error")?.remove();
};

const askForPicture = async (editor, files) => {
  const address = editor.dataset.markdownxUploadUrlsPath;
  let answer = null;
  try {
    answer = await fetch(address);
  } catch {
    // Said below, like a refusal.
  }
  if (!answer?.ok) {
    const refused = answer?.status === 403;
    tell(editor, refused ? "Your account may not add pictures." : "The server does not answer.");
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.className = "desk-dialog";
  dialog.innerHTML = await answer.text();
  const form = dialog.querySelector("form");
  const { image, alt_text: words, decorative } = form.elements;
  const error = form.querySelector("[role=alert]");
  const submit = form.querySelector("[type=submit]");
  const sending = new AbortController();
  if (files) image.files = files;

  decorative.addEventListener("change", () => {
    words.disabled = decorative.checked;
    if (decorative.checked) words.value = "";
  });
  form.querySelector("[value=cancel]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    sending.abort();
    dialog.remove();
    editor.focus();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.hidden = true;
    submit.disabled = true;
    let result;
    try {
      const body = new FormData(form);
      const response = await fetch(address, { method: "POST", body, signal: sending.signal });
      result = await response.json();
    } catch {
      result = { error: "The picture could not be sent. Try again." };
    }
    submit.disabled = false;
    if (result.image_code) {
      dialog.close();
      insert(editor, result.image_code);
    } else {
      error.textContent = result.error;
      error.hidden = false;
      form.elements[result.field]?.focus();
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  (files ? words : image).focus();
};

const takeFiles = (event, data) => {
  const pictures = data?.files.length && event.target.closest?.(".markdownx-editor");
  // Text copied from an office program brings a picture of itself.
  if (!pictures || data.types.includes("text/plain")) return;
  event.preventDefault();
  event.stopPropagation();
  const first = new DataTransfer();
  first.items.add(data.files[0]);
  askForPicture(event.target, first.files);
};
window.addEventListener("drop", (event) => takeFiles(event, event.dataTransfer), true);
window.addEventListener("paste", (event) => takeFiles(event, event.clipboardData), true);

const addButtons = (place) => {
  place.querySelectorAll(".markdownx-editor:not([name*=__prefix__])").forEach((editor) => {
    const parent = editor.closest(".markdownx");
    if (parent.querySelector(".desk-picture")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button desk-picture";
    button.textContent = "Add a picture";
    const label = editor.labels[0]?.textContent.replace(/:\s*$/, "");
    if (label) button.setAttribute("aria-label", `Add a picture to “${label}”`);
    // A long preview scrolls, by the arrow keys as well.
    const preview = parent.querySelector(".markdownx-preview");
    preview.tabIndex = 0;
    preview.setAttribute("role", "region");
    preview.setAttribute("aria-label", `Preview of “${label || editor.name}”`);
    button.addEventListener("click", () => askForPicture(editor));
    parent.append(button);
  });
};
// The admin loads its scripts before the page.
document.addEventListener("DOMContentLoaded", () => addButtons(document));
document.addEventListener("formset:added", (event) => addButtons(event.target));

// The list of pictures to choose from shows them.
const showChoices = (field, options) => {
  const withThumbnail = (choice) => {
    if (!choice.id) return choice.text;
    const line = document.createElement("span");
    line.className = "desk-choice";
    const thumbnail = new Image();
    thumbnail.alt = "";
    thumbnail.className = "desk-thumb";
    thumbnail.src = field.dataset.thumbnails.replace("/0/", `/${choice.id}/`);
    line.append(thumbnail, choice.text);
    return line;
  };
  options.set("templateResult", withThumbnail);
  options.set("templateSelection", withThumbnail);
};
document.addEventListener("DOMContentLoaded", () => {
  const jQuery = window.django?.jQuery;
  // Its queue: after Django's own script has set the field up.
  jQuery?.(() => {
    jQuery("select.admin-autocomplete[data-thumbnails]").each((index, field) => {
      const { options } = jQuery(field).data("select2");
      showChoices(field, options);
      jQuery(field).trigger("change.select2");
    });
  });
});
