//! What the tests share: a naive twin of Lloyd's algorithm, invariants, and nasty boards.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod recorder;

use kmeans_board::{Board, Bounds, Error, Lloyd, Phase, Point, Preset, Recipe, UNASSIGNED, area, cells};

pub(crate) type Place = (f64, f64);

/// What a naive iteration came to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Naive {
    /// The nearest centroid of each point, or the empty cluster that it refilled.
    pub(crate) labels: Vec<usize>,
    pub(crate) relocated: usize,
    /// The means.
    pub(crate) centroids: Vec<Place>,
}

/// An iteration of Lloyd's algorithm in plain loops, nothing clever.
pub(crate) fn naive(points: &[Place], centroids: &[Place]) -> Naive {
    let mut labels: Vec<usize> = points.iter().map(|&point| nearest(point, centroids)).collect();
    let relocated = refill(points, centroids, &mut labels);
    let centroids: Vec<Place> = (0..centroids.len()).map(|j| mean(points, &labels, j)).collect();
    Naive { labels, relocated, centroids }
}

/// Each iteration from the same centroids: how means are rounded is the engine's own, labels are everybody's. So many
/// iterations at most.
pub(crate) fn agrees_with_naive(mut lloyd: Lloyd, max: usize, what: &str) {
    let points = places(lloyd.board().points());
    let mut before = lloyd.labels();
    while !lloyd.is_converged() && lloyd.iteration() < max {
        let twin = naive(&points, &places(lloyd.centroids()));
        let iteration = lloyd.step();
        let labels = lloyd.labels();
        let what = format!("{what}, iteration {}", iteration.iteration);
        assert_eq!(labels.iter().map(|&j| j as usize).collect::<Vec<_>>(), twin.labels, "{what}");
        assert_eq!(iteration.updated.relocated, twin.relocated, "{what}");
        if twin.relocated == 0 {
            let changed = labels.iter().zip(&before).filter(|(now, before)| now != before).count();
            assert_eq!(iteration.assigned.changed, changed, "{what}");
        }
        for (centroid, mean) in lloyd.centroids().iter().zip(twin.centroids) {
            let off = centroid.distance(Point::new(mean.0, mean.1));
            assert!(off <= tolerance(&lloyd), "{what}: {centroid:?} is not the mean {mean:?}");
        }
        validate_inertia(&lloyd, &what);
        before = labels;
    }
}

pub(crate) fn distance_squared(a: Place, b: Place) -> f64 {
    (a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)
}

fn nearest(point: Place, centroids: &[Place]) -> usize {
    let mut nearest = 0;
    for j in 1..centroids.len() {
        if distance_squared(point, centroids[j]) < distance_squared(point, centroids[nearest]) {
            nearest = j;
        }
    }
    nearest
}

/// Each empty cluster in turn gets the point farthest from its own centroid, the lowest index among equals, out of a
/// cluster with more than one point and from a place that no other empty cluster has got.
fn refill(points: &[Place], centroids: &[Place], labels: &mut [usize]) -> usize {
    let mut sizes = vec![0; centroids.len()];
    for &label in &*labels {
        sizes[label] += 1;
    }
    let distances: Vec<f64> =
        points.iter().zip(&*labels).map(|(&point, &j)| distance_squared(point, centroids[j])).collect();
    let empty: Vec<usize> = (0..centroids.len()).filter(|&j| sizes[j] == 0).collect();
    let mut taken: Vec<Place> = Vec::new();
    for &cluster in &empty {
        let mut farthest: Option<usize> = None;
        for i in 0..points.len() {
            let is_farther = farthest.is_none_or(|f| distances[i] > distances[f]);
            if is_farther && sizes[labels[i]] > 1 && !taken.contains(&points[i]) {
                farthest = Some(i);
            }
        }
        let i = farthest.expect("k distinct points leave one to take");
        taken.push(points[i]);
        sizes[labels[i]] -= 1;
        sizes[cluster] += 1;
        labels[i] = cluster;
    }
    empty.len()
}

fn mean(points: &[Place], labels: &[usize], cluster: usize) -> Place {
    let of_cluster: Vec<Place> =
        points.iter().zip(labels).filter(|&(_, &j)| j == cluster).map(|(&point, _)| point).collect();
    let mean_of = |coordinate: fn(&Place) -> f64| {
        of_cluster.iter().map(coordinate).sum::<f64>() / of_cluster.len() as f64
    };
    (mean_of(|place| place.0), mean_of(|place| place.1))
}

pub(crate) fn places(points: &[Point]) -> Vec<Place> {
    points.iter().map(|point| (point.x, point.y)).collect()
}

pub(crate) fn points(places: &[Place]) -> Vec<Point> {
    places.iter().map(|&(x, y)| Point::new(x, y)).collect()
}

pub(crate) fn board(places: &[Place]) -> Board {
    Board::from_points(points(places)).expect("a good board")
}

/// What arithmetic may be off by on a board: in lengths.
fn tolerance(lloyd: &Lloyd) -> f64 {
    let board = lloyd.board();
    1e-9 * board.bounds().width() + magnitude(&board.bounds()) * f64::EPSILON * board.points().len() as f64
}

fn magnitude(bounds: &Bounds) -> f64 {
    bounds.corners().iter().map(|corner| corner.x.abs().max(corner.y.abs())).fold(0.0, f64::max)
}

/// Checks everything that is true of a run in whatever state it is.
pub(crate) fn validate(lloyd: &Lloyd, what: &str) {
    let (k, n) = (lloyd.k(), lloyd.board().points().len());
    assert_eq!(lloyd.centroids().len(), k, "{what}: k centroids");
    assert_eq!(lloyd.counts().len(), k, "{what}: k counts");
    assert_eq!(lloyd.labels().len(), n, "{what}: a label for each point");
    assert!(
        lloyd.centroids().iter().all(|centroid| centroid.x.is_finite() && centroid.y.is_finite()),
        "{what}: finite centroids"
    );
    validate_cells(lloyd.centroids(), &lloyd.board().bounds(), 16, what);
    if lloyd.assigned().is_none() {
        validate_unassigned(lloyd, what);
        return;
    }
    validate_counts(lloyd, what);
    validate_inertia(lloyd, what);
    validate_history(lloyd, what);
    match lloyd.phase() {
        Phase::Update => validate_labels(lloyd, what),
        Phase::Assign => validate_means(lloyd, what),
    }
    if lloyd.is_converged() {
        validate_fixed_point(lloyd, what);
    }
}

fn validate_unassigned(lloyd: &Lloyd, what: &str) {
    assert_eq!((lloyd.phase(), lloyd.iteration()), (Phase::Assign, 0), "{what}: assign comes first");
    assert!(lloyd.labels().iter().all(|&label| label == UNASSIGNED), "{what}: no label");
    assert!(lloyd.counts().iter().all(|&count| count == 0), "{what}: no counts");
    assert!(lloyd.inertia().is_nan(), "{what}: no inertia");
    assert!(!lloyd.is_converged(), "{what}: not converged");
}

fn validate_counts(lloyd: &Lloyd, what: &str) {
    let mut counts = vec![0; lloyd.k()];
    for label in lloyd.labels() {
        counts[label as usize] += 1;
    }
    assert_eq!(lloyd.counts(), counts, "{what}: counts match labels");
}

fn validate_inertia(lloyd: &Lloyd, what: &str) {
    let own = lloyd.labels().into_iter().map(|label| lloyd.centroids()[label as usize]);
    let sum: f64 = lloyd.board().points().iter().zip(own).map(|(p, c)| p.distance_squared(c)).sum();
    let inertia = lloyd.inertia();
    assert!((inertia - sum).abs() <= 1e-12 * sum, "{what}: inertia {inertia}, sum {sum}");
}

/// What rounding may add to an inertia.
fn rounding(lloyd: &Lloyd) -> f64 {
    let board = lloyd.board();
    board.points().len() as f64 * (4.0 * f64::EPSILON * magnitude(&board.bounds())).powi(2)
}

/// Neither half-step makes the inertia larger.
fn validate_history(lloyd: &Lloyd, what: &str) {
    let rounding = rounding(lloyd);
    let mut before = f64::INFINITY;
    for (i, iteration) in lloyd.history().enumerate() {
        assert_eq!(iteration.iteration, i + 1, "{what}: iterations are numbered from 1");
        for after in [iteration.assigned.inertia, iteration.updated.inertia] {
            assert!(after <= before * (1.0 + 1e-12) + rounding, "{what}: {before} rises to {after}");
            before = after;
        }
    }
}

fn validate_labels(lloyd: &Lloyd, what: &str) {
    let centroids = places(lloyd.centroids());
    for (&point, label) in places(lloyd.board().points()).iter().zip(lloyd.labels()) {
        assert_eq!(label as usize, nearest(point, &centroids), "{what}: the label of {point:?}");
    }
}

fn validate_means(lloyd: &Lloyd, what: &str) {
    assert!(lloyd.counts().iter().all(|&count| count > 0), "{what}: no cluster is empty after an update");
    let mut sums = vec![(0.0, 0.0); lloyd.k()];
    for (point, label) in lloyd.board().points().iter().zip(lloyd.labels()) {
        sums[label as usize].0 += point.x;
        sums[label as usize].1 += point.y;
    }
    for ((sum, count), centroid) in sums.iter().zip(lloyd.counts()).zip(lloyd.centroids()) {
        let mean = Point::new(sum.0 / f64::from(count), sum.1 / f64::from(count));
        assert!(
            mean.distance(*centroid) <= tolerance(lloyd),
            "{what}: {centroid:?} is not the mean {mean:?}"
        );
    }
}

fn validate_fixed_point(lloyd: &Lloyd, what: &str) {
    let mut again = Lloyd::from_centroids(lloyd.board().clone(), lloyd.centroids().to_vec())
        .expect("centroids of a run can start one");
    again.assign();
    assert_eq!(again.labels(), lloyd.labels(), "{what}: a converged run has the nearest labels");
    let updated = again.update();
    assert_eq!(updated.relocated, 0, "{what}: a converged run has no empty cluster");
    assert!(updated.shift <= tolerance(lloyd), "{what}: converged, but moves by {}", updated.shift);
}

/// Checks that the cells of centroids tile the bounds, each around the places that are nearest to its centroid.
pub(crate) fn validate_cells(centroids: &[Point], bounds: &Bounds, probes: usize, what: &str) {
    let cells = cells(centroids, bounds);
    assert_eq!(cells.len(), centroids.len(), "{what}: a cell for each centroid");
    let whole = bounds.width() * bounds.height();
    let slack = 1e-9 * bounds.width() + 8.0 * f64::EPSILON * magnitude(bounds);
    let sum: f64 = cells.iter().map(|cell| area(cell)).sum();
    let area_slack = whole * 1e-9 + 8.0 * slack.min(1e-6 * bounds.width()) * bounds.width();
    assert!((sum - whole).abs() <= area_slack, "{what}: cells cover {sum} of {whole}");
    let roomy = Bounds {
        min: Point::new(bounds.min.x - slack, bounds.min.y - slack),
        max: Point::new(bounds.max.x + slack, bounds.max.y + slack),
    };
    for cell in &cells {
        assert!(cell.is_empty() || cell.len() >= 3, "{what}: a cell is a polygon or nothing");
        assert!(cell.iter().all(|&corner| roomy.contains(corner)), "{what}: corners lie within the bounds");
        for i in 0..cell.len() {
            let (a, b, c) = (cell[i], cell[(i + 1) % cell.len()], cell[(i + 2) % cell.len()]);
            let cross = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
            assert!(cross >= -slack * bounds.width(), "{what}: convex and anticlockwise, {cell:?}");
        }
    }
    for probe in spread_points(probes, bounds) {
        let (nearest, is_clear) = clearly_nearest(probe, centroids);
        if is_clear {
            assert!(
                is_inside(probe, &cells[nearest], slack, bounds),
                "{what}: {probe:?} is not in cell {nearest}"
            );
        }
    }
}

/// The nearest centroid, the lowest index among equals, and whether it is nearest by more than rounding.
fn clearly_nearest(probe: Point, centroids: &[Point]) -> (usize, bool) {
    let mut nearest = 0;
    for (j, centroid) in centroids.iter().enumerate() {
        if probe.distance_squared(*centroid) < probe.distance_squared(centroids[nearest]) {
            nearest = j;
        }
    }
    let own = probe.distance(centroids[nearest]);
    let is_rival =
        |centroid: &Point| *centroid != centroids[nearest] && probe.distance(*centroid) <= own * (1.0 + 1e-9);
    (nearest, !centroids.iter().any(is_rival))
}

/// Where more than three cells meet, rounding makes edges of hardly any length, whose direction means nothing.
fn is_inside(probe: Point, cell: &[Point], slack: f64, bounds: &Bounds) -> bool {
    let noise = 32.0 * f64::EPSILON * magnitude(bounds) * bounds.width();
    !cell.is_empty()
        && (0..cell.len()).all(|i| {
            let (a, b) = (cell[i], cell[(i + 1) % cell.len()]);
            let cross = (b.x - a.x) * (probe.y - a.y) - (b.y - a.y) * (probe.x - a.x);
            cross >= -slack * a.distance(b) - noise
        })
}

/// Places spread over the bounds, the same every time (Roberts's R₂ sequence).
pub(crate) fn spread_points(count: usize, bounds: &Bounds) -> Vec<Point> {
    let at = |i: usize, step: f64| (0.5 + i as f64 * step).fract();
    (0..count)
        .map(|i| {
            let (u, v) = (at(i, 0.754_877_666_246_692_7), at(i, 0.569_840_290_998_053_2));
            Point::new(bounds.min.x + u * bounds.width(), bounds.min.y + v * bounds.height())
        })
        .collect()
}

/// A board of a preset with `n` points, and as many clusters as the preset likes and n allows.
pub(crate) fn drawn(preset: Preset, n: usize, seed: u32) -> Result<Board, Error> {
    let recipe = Recipe::new(preset, seed).with_n(n);
    Board::draw(recipe.with_clusters(recipe.clusters.min(n)))
}

/// Every preset, and boards that are nasty in some way, at scale 1.
pub(crate) fn nasty_boards(n: usize) -> Vec<(&'static str, Vec<Place>)> {
    let mut boards: Vec<(&'static str, Vec<Place>)> = Preset::ALL
        .iter()
        .map(|info| (info.name, places(drawn(info.preset, n, 5).expect(info.name).points())))
        .collect();
    let repeated = |of: &[Place], times: usize| of.repeat(times);
    let numbers = |count: usize| (0..count).map(|i| i as f64);
    boards.extend([
        ("one point", vec![(0.3, -0.7)]),
        ("two points", vec![(0.1, 0.1), (0.1, 0.2)]),
        ("copies of three places", repeated(&[(0.1, 0.7), (0.3, 0.2), (0.1, 0.1)], 40)),
        ("copies of eight places", repeated(&spread_places(8), 15)),
        ("twelve points", spread_places(12)),
        ("collinear", numbers(60).map(|i| (0.1 * i, 0.3)).collect()),
        ("collinear and slanted", numbers(60).map(|i| (0.1 * i, 0.7 - 0.3 * i)).collect()),
        ("a lattice of ties", numbers(81).map(|i| ((i / 9.0).floor(), i % 9.0)).collect()),
        ("two clumps far apart", two_clumps()),
        ("a clump that is next to nothing", tiny_clump()),
        ("far from the origin", spread_places(60).iter().map(|p| (p.0 + 1e6, p.1 - 1e6)).collect()),
    ]);
    boards
}

fn two_clumps() -> Vec<Place> {
    let clump = spread_places(30);
    clump.iter().copied().chain(clump.iter().map(|p| (p.0 + 1e9, p.1))).collect()
}

/// Most coordinates are so small that they have no digit in common with the others.
fn tiny_clump() -> Vec<Place> {
    let clump = spread_places(30);
    clump.iter().map(|p| (p.0 * 1e-40, p.1 * 1e-40)).chain(clump.iter().copied()).collect()
}

fn spread_places(count: usize) -> Vec<Place> {
    places(&spread_points(count, &Bounds::SQUARE))
}
