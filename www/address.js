// The state of the playground as an address's fragment, and back.

const INTEGERS = ["n", "clusters", "k", "seed", "board-seed"];
const WORDS = ["board", "seeding", "beside"];
const SWITCHED_OFF = ["cells", "trails"]; // shown unless the address says 0

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** The state that a fragment asks for; what it does not name is undefined, what is no number is NaN. */
export function read(fragment) {
  const asked = new URLSearchParams(fragment.replace(/^#/, ""));
  const number = (name) => (asked.has(name) ? (asked.get(name) === "" ? NaN : Number(asked.get(name))) : undefined);
  const state = {};
  for (const name of INTEGERS) state[camel(name)] = number(name);
  for (const name of WORDS) state[name] = asked.get(name) ?? undefined;
  for (const name of SWITCHED_OFF) state[name] = asked.get(name) !== "0";
  state.halfSteps = asked.get("half-steps") === "1";
  state.speed = number("speed");
  state.iteration = number("i");
  return state;
}

/** The fragment that says all of a state. */
export function written(state) {
  const asked = new URLSearchParams();
  for (const name of [...WORDS, ...INTEGERS]) {
    if (state[camel(name)] !== undefined) asked.set(name, state[camel(name)]);
  }
  for (const name of SWITCHED_OFF) if (!state[name]) asked.set(name, "0");
  if (state.halfSteps) asked.set("half-steps", "1");
  if (state.speed !== undefined && state.speed !== 1) asked.set("speed", state.speed);
  if (state.iteration !== undefined) asked.set("i", state.iteration);
  return `#${asked}`;
}
