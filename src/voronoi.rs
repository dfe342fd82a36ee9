//! Voronoi cells, clipped to the bounds.

use crate::point::{Bounds, Point, sort_key, sorted};

/// The Voronoi cells of some centroids, clipped to the bounds: one convex polygon for each centroid.
///
/// Together the cells tile the bounds. A cell's corners run anticlockwise; a cell of which nothing lies within the
/// bounds has none, and of equal centroids the first has the cell, as ties go to the lowest index.
///
/// Each cell is the rectangle, cut by the bisector to every other centroid that is near enough to matter. That
/// holds for any centroids: equal, collinear, outside the bounds, or just one.
pub fn cells(centroids: &[Point], bounds: &Bounds) -> Vec<Vec<Point>> {
    corners(centroids, bounds).iter().map(|cell| cell.iter().map(|corner| corner.point).collect()).collect()
}

/// The clusters whose cells share an edge with each cell, in the order of its edges.
pub(crate) fn neighbours(centroids: &[Point], bounds: &Bounds) -> Vec<Vec<usize>> {
    let across = |cell: &Vec<Corner>| cell.iter().filter_map(|corner| corner.across).collect();
    corners(centroids, bounds).iter().map(across).collect()
}

/// A corner of a cell, and which cluster's cell lies across the edge that begins there; none across the bounds.
#[derive(Debug, Clone, Copy)]
struct Corner {
    point: Point,
    across: Option<usize>,
}

fn corners(centroids: &[Point], bounds: &Bounds) -> Vec<Vec<Corner>> {
    let by_x = sorted(centroids.iter().map(|centroid| sort_key(centroid.x)));
    let by_x: Vec<usize> = by_x.into_iter().map(|(_, j)| j as usize).collect();
    let mut cells = vec![Vec::new(); centroids.len()];
    for (place, &j) in by_x.iter().enumerate() {
        cells[j] = cell(j, place, &by_x, centroids, bounds);
    }
    cells
}

/// The cell of centroid `j`, which stands at `place` in the order by x.
fn cell(j: usize, place: usize, by_x: &[usize], centroids: &[Point], bounds: &Bounds) -> Vec<Corner> {
    let centroid = centroids[j];
    let mut corners: Vec<Corner> =
        bounds.corners().iter().map(|&point| Corner { point, across: None }).collect();
    let (mut left, mut right) = (&by_x[..place], &by_x[place + 1..]);
    let mut reach = reach_squared(centroid, &corners);
    while !corners.is_empty() {
        // The nearer of the next ones on either side, by x alone.
        let gap = |next: Option<&usize>| next.map_or(f64::INFINITY, |&i| (centroids[i].x - centroid.x).abs());
        let (to_left, to_right) = (gap(left.last()), gap(right.first()));
        // A bisector passes half way, so one farther than twice the reach cuts nothing.
        let nearer = to_left.min(to_right);
        if nearer * nearer > 4.0 * reach {
            break;
        }
        let next = if to_left < to_right { left.split_off_last() } else { right.split_off_first() };
        let Some(&i) = next else { break };
        if centroids[i] == centroid {
            if i < j {
                return Vec::new();
            }
            continue;
        }
        if centroid.distance_squared(centroids[i]) <= 4.0 * reach {
            corners = nearer_part(&corners, centroid, centroids[i], i);
            reach = reach_squared(centroid, &corners);
        }
    }
    corners
}

/// The squared distance to the farthest corner, a little lengthened against rounding.
fn reach_squared(centroid: Point, corners: &[Corner]) -> f64 {
    corners.iter().map(|corner| corner.point.distance_squared(centroid)).fold(0.0, f64::max) * (1.0 + 1e-9)
}

/// The part of a convex polygon that is nearer to `centroid` than to `other`, which has the index `across`
/// (Sutherland & Hodgman 1974).
fn nearer_part(corners: &[Corner], centroid: Point, other: Point, across: usize) -> Vec<Corner> {
    let middle = centroid.towards(other, 0.5);
    let beyond =
        |p: Point| (p.x - middle.x) * (other.x - centroid.x) + (p.y - middle.y) * (other.y - centroid.y);
    let mut part = Vec::with_capacity(corners.len() + 1);
    for (i, &from) in corners.iter().enumerate() {
        let to = corners[(i + 1) % corners.len()].point;
        let (from_beyond, to_beyond) = (beyond(from.point), beyond(to));
        let crossing = || from.point.towards(to, from_beyond / (from_beyond - to_beyond));
        if from_beyond <= 0.0 {
            let leaves_here = from_beyond == 0.0 && to_beyond > 0.0;
            part.push(if leaves_here { Corner { across: Some(across), ..from } } else { from });
        }
        if from_beyond < 0.0 && to_beyond > 0.0 {
            part.push(Corner { point: crossing(), across: Some(across) });
        } else if from_beyond > 0.0 && to_beyond < 0.0 {
            part.push(Corner { point: crossing(), ..from });
        }
    }
    if part.len() < 3 { Vec::new() } else { part }
}

/// The signed area of a polygon, positive where its corners run anticlockwise; 0 without corners.
pub fn area(corners: &[Point]) -> f64 {
    let Some(&first) = corners.first() else { return 0.0 };
    let cross = |a: Point, b: Point| (a.x - first.x) * (b.y - first.y) - (a.y - first.y) * (b.x - first.x);
    corners.windows(2).map(|pair| cross(pair[0], pair[1])).sum::<f64>() / 2.0
}
