// The guide's pieces of code: each can be copied, and those that run do so below their text, as the reader comes near.

/** How far from the viewport an example starts. */
const NEAR = "400px";
/** How long a button says that it has copied. */
const THANKS = 2000;

/** What an empty page has around an example; the text itself comes as it stands. */
const around = (text) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Example</title>
<base href="${document.baseURI.replace(/[?#].*/, "").replaceAll('"', "&quot;")}">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body { margin: 16px; font: 16px/1.5 ui-serif, Charter, "Iowan Old Style", Georgia, serif; font-variant-numeric: tabular-nums }
@media (width < 400px) { body { margin: 12px } }</style>
${text}`;

function addCopyButton(figure) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "copy", textContent: "Copy" });
  button.addEventListener("click", async () => {
    button.textContent = await copied(figure.querySelector("code"));
    setTimeout(() => { button.textContent = "Copy"; }, THANKS);
  });
  figure.append(button);
}

/** Copies the text; what came of it, in a word. Where the clipboard is closed to pages, the text is selected instead. */
async function copied(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    return "Selected";
  }
}

/** Keeps the room in which the example is to run; its height is the figure's own. */
function addRoom(figure) {
  const room = document.createElement("div");
  room.className = "live";
  figure.append(room);
  return room;
}

function start(room) {
  const frame = document.createElement("iframe");
  const code = room.parentNode.querySelector("code");
  frame.title = `Running: ${code.parentNode.getAttribute("aria-label").replace("Code: ", "")}`;
  frame.srcdoc = around(code.textContent);
  room.append(frame);
}

const nearby = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    nearby.unobserve(target);
    start(target);
  }
}, { rootMargin: NEAR });

for (const figure of document.querySelectorAll("figure.snippet, figure.code")) addCopyButton(figure);
for (const figure of document.querySelectorAll("figure.snippet")) nearby.observe(addRoom(figure));
