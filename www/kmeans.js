// The clustering without a page: KMeans, with all that it can be taken away as.

export { KMeans, KMeansError } from "./clustering.js";
import "./exports.js";
