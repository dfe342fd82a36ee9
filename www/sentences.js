// In words: numbers, what is wrong with one that is typed, and where a clustering stands.

const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const WHOLE = new Intl.NumberFormat("en");

const PLACED = {
  "random": "drawn at random from the points",
  "partition": "at the means of a random division",
  "maximin": "each on the point farthest from those before it",
  "k-means++": "drawn at random from the points, far ones with better odds",
  "greedy-k-means++": "each on the best of a few draws",
};

/** A count, its thousands apart. */
export const whole = (value) => WHOLE.format(value);

/** So many of something. */
export const counted = (count, one, many = `${one}s`) => `${whole(count)} ${count === 1 ? one : many}`;

/** The whole number in a field, if it is within its limits; else none, and what is wrong is said. */
export function wholeNumber({ value, min, max, validity }, words, complain) {
  const number = value === "" ? NaN : Number(value);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  const isEmpty = value === "" && !validity.badInput;
  complain(`${words}: ${isEmpty ? "type" : `${value || "that"} is not`} a whole number from ${min} to ${whole(max)}.`);
  return undefined;
}

function changes(changed, n) {
  if (changed === n) return n === 1 ? "the point took the colour of its nearest star" : "every point took the colour of its nearest star";
  if (changed === 0) return "no point changed cluster";
  return `${counted(changed, "point")} changed cluster`;
}

/** A number, short, also where it is huge or tiny. */
export function short(value) {
  const size = Math.abs(value), text = size >= 1e15 || (size && size < 1e-6) ? value.toPrecision(4) : NUMBER.format(value);
  return text.replaceAll("-", "\u2212");
}

/** What happened last, and the inertia since. */
export function sentence(kmeans) {
  const { iteration, phase, converged, n, k, inertia, changed, history } = kmeans;
  if (phase === "update") {
    return [`Iteration ${iteration + 1}, assign: ${changes(changed, n)}.`, `Inertia ${short(inertia)}.`];
  }
  if (iteration === 0) {
    const placed = PLACED[kmeans.options.seeding] ?? "where they were put";
    return [`${counted(k, "centroid")}, ${placed}.`, "No point belongs to a cluster yet."];
  }
  const { assignedInertia, relocated } = history[iteration - 1];
  const before = iteration > 1 ? history[iteration - 2].inertia : assignedInertia;
  const happened = converged ? "no point changed cluster, so this is the end" : changes(changed, n);
  const refilled = relocated ? ` ${counted(relocated, "empty cluster")} took a far point.` : "";
  const was = converged || short(before) === short(inertia) ? "" : `, before ${short(before)}`;
  return [`Iteration ${iteration}: ${happened}.${refilled}`, `Inertia ${short(inertia)}${was}.`];
}

/** Where a run stands, and of how many iterations as far as that is known. */
export const placeInWords = (now, computed, isConverged) => `${now % 1 ? `${Math.floor(now) || ""}½` : now} ${computed > now || isConverged ? `of ${Math.max(Math.ceil(now), computed)}` : "so far"}`;
