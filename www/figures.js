// The article's five figures, each an address of the playground.

/** Title, a word more, and the state; the first is what the page opens on. */
export const FIGURES = [
  { title: "100 points, 7 clusters", more: "uniform", state: { board: "uniform", n: 100, k: 7, seeding: "random", seed: 83 } },
  { title: "200 points, 3 clusters", more: "and more iterations", state: { board: "uniform", n: 200, k: 3, seeding: "random", seed: 46 } },
  { title: "Gaussian clouds", more: "200 points, K = 3", state: { board: "gauss", n: 200, clusters: 3, k: 3, seeding: "random", seed: 54 } },
  { title: "A bad start", more: "and what k-means++ makes of it", state: { board: "peaked", n: 300, clusters: 5, k: 5, seeding: "random", seed: 1792, beside: "k-means++" } },
  { title: "A dense board", more: "its Voronoi cells", state: { board: "dense", n: 10000, k: 16, seeding: "random", seed: 17 } },
];
