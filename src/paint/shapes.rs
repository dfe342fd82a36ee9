//! Shapes, traced on any path.

use super::Path;
use crate::point::Point;

/// A line through the points.
pub(super) fn line(points: impl IntoIterator<Item = Point>, path: &mut (impl Path + ?Sized)) {
    for (i, point) in points.into_iter().enumerate() {
        if i == 0 { path.move_to(point.x, point.y) } else { path.line_to(point.x, point.y) }
    }
}

/// A closed line through the points; nothing without points.
pub(super) fn polygon(points: impl ExactSizeIterator<Item = Point>, path: &mut (impl Path + ?Sized)) {
    if points.len() > 0 {
        line(points, path);
        path.close();
    }
}

/// The directions of a star's ten corners, as (sin, cos) of multiples of π/5; written out, as they never change.
const TENTHS: [(f64, f64); 10] = [
    (0.0, 1.0),
    (0.587_785_252_292_473_1, 0.809_016_994_374_947_5),
    (0.951_056_516_295_153_5, 0.309_016_994_374_947_45),
    (0.951_056_516_295_153_5, -0.309_016_994_374_947_45),
    (0.587_785_252_292_473_1, -0.809_016_994_374_947_5),
    (0.0, -1.0),
    (-0.587_785_252_292_473_1, -0.809_016_994_374_947_5),
    (-0.951_056_516_295_153_5, -0.309_016_994_374_947_45),
    (-0.951_056_516_295_153_5, 0.309_016_994_374_947_45),
    (-0.587_785_252_292_473_1, 0.809_016_994_374_947_5),
];

/// A star with five points, the first one upwards; a little fuller than the pentagram.
pub(super) fn star(middle: Point, radius: f64, path: &mut (impl Path + ?Sized)) {
    let corners = TENTHS.iter().enumerate().map(|(i, (sin, cos))| {
        let r = if i % 2 == 0 { radius } else { radius * 0.45 };
        Point::new(middle.x + r * sin, middle.y - r * cos)
    });
    polygon(corners, path);
}

/// The points, those left out that lie within half a pixel of the one before.
pub(super) fn thinned(points: impl IntoIterator<Item = Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for point in points {
        if kept.last().is_none_or(|last| last.distance_squared(point) > 0.25) {
            kept.push(point);
        }
    }
    kept
}
