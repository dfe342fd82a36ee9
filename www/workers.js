// How a worker is started, whichever host its script comes from.

/** A page may only start a script of its own, which then imports the other. */
export function startWorker(script) {
  if (script.origin === globalThis.location?.origin) return new Worker(script, { type: "module" });
  const url = URL.createObjectURL(new Blob([`import ${JSON.stringify(script.href)};`], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  return worker;
}
