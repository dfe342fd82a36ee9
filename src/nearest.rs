//! Exact search for the nearest centroid.

use crate::point::Point;

/// The index of the centroid nearest to a point and the squared distance to it; the lowest index among equals.
pub(crate) fn nearest(point: Point, centroids: &[Point]) -> (u32, f64) {
    let mut nearest = (0, f64::INFINITY);
    for (j, centroid) in centroids.iter().enumerate() {
        let d = point.distance_squared(*centroid);
        if d < nearest.1 {
            nearest = (j as u32, d);
        }
    }
    nearest
}

/// Gives every point the label of its nearest centroid; the number of labels that changed, and the inertia.
pub(crate) fn assign(points: &[Point], centroids: &[Point], labels: &mut [u32]) -> (usize, f64) {
    let (mut changed, mut inertia) = (0, 0.0);
    for (point, label) in points.iter().zip(labels) {
        let (j, d) = nearest(*point, centroids);
        changed += usize::from(*label != j);
        *label = j;
        inertia += d;
    }
    (changed, inertia)
}
