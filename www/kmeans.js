// The clustering without a page: KMeans, with all that it can be taken away as, and changed by hand.

export { KMeans, KMeansError } from "./clustering.js";
import "./editing.js";
import "./exports.js";
