/* The page about reading without network: what this device has saved, and forgetting it. */
const list = document.querySelector("[data-kept]");
const forget = document.querySelector("[data-forget]");
const name = list.dataset.kept;

async function show() {
  const visited = await caches.open(name);
  for (const request of (await visited.keys()).reverse()) {
    const page = await (await visited.match(request, { ignoreVary: true })).text();
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = request.url;
    link.textContent = new DOMParser().parseFromString(page, "text/html").title.replace(/ – [^–]*$/, "");
    item.append(link);
    item.dataset.visited = "";
    list.append(item);
    forget.hidden = false;
  }
}

forget.firstElementChild.addEventListener("click", async () => {
  await caches.delete(name);
  list.querySelectorAll("[data-visited]").forEach((item) => item.remove());
  document.querySelector("[data-forgotten]").textContent = "Forgotten. Only the guide and the safety page are saved.";
});

// The worker shows this page in the place of one that it does not have.
document.querySelector("[data-missing]").hidden = location.pathname === "/offline/";
if (self.caches) show();
