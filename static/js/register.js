/* The worker that keeps pages for reading without network; a browser without one just reads. */
addEventListener("load", () => navigator.serviceWorker?.register("/sw.js").catch(() => {}));
