//! Sorting the points of large boards into the leaves of a tree.

use core::ops::Range;

use wide::f64x2;

use super::exact::Digits;
use super::split;
use super::tree::{Boxed, Boxes, FEW_BITS, Few, Frame, Index, Large, Node};
use crate::error::{Error, room};
use crate::point::{Extent, Point, extent, lanes, place};

/// A box with more points is divided.
const LEAF: usize = 100;
/// A box is divided at once into 4^levels cells, at most 4⁴ of them.
const MOST_LEVELS: u32 = 4;
/// As many as that.
const CELLS: usize = 1 << (2 * MOST_LEVELS);
/// Offsets are read sixteen points at a time, from any point on.
const BEYOND: usize = 30;
/// So many points can be summed exactly with their digits in two parts.
const FEW: usize = 1 << FEW_BITS;
/// So many points are moved in a moment.
const MOVED: usize = 1_000_000;
/// A box is no longer divided whose side is below this share of the board's: single precision ends there. So a clump that
/// is as small beside the whole board is searched point by point.
const FINEST: f64 = 1e-6;

/// An index in the making: ranges of points are divided into cells, and those again, a slice at a time.
pub(crate) struct Sorting {
    /// Its points and their order have room for all.
    index: Index,
    n: usize,
    /// The ranges under way, each a cell of the one before.
    divisions: Vec<Division>,
}

impl Sorting {
    /// Of n points that extend over this.
    pub(crate) fn new(n: usize, extent: Extent) -> Result<Self, Error> {
        let index = Index {
            frame: Frame::around(extent),
            points: room(n)?,
            offsets: room(2 * n + BEYOND)?,
            order: room(n)?,
            groups: room(1 + n / 128)?,
            sums: room(1 + n / 128)?,
            spreads: room(1 + n / 128)?,
            are_exact: true,
            digits: Digits::of(extent),
            ..Index::default()
        };
        let (grid, stage) = (Grid::new(n, LEAF, extent), Stage::Find);
        let board = Division { is_board: true, stage, grid, ..Division::of(0..n) };
        Ok(Self { index, n, divisions: vec![board] })
    }

    /// How much of the work is done, from 0 to 1.
    pub(crate) fn share(&self) -> f64 {
        let board = self.divisions.first();
        board.map_or(1.0, |board| f64::from(board.starts[board.cell]) / self.n as f64)
    }

    /// Looks at so many of the board's points, or at some of a range; the index when these were the last.
    pub(crate) fn advance(&mut self, board: &[Point], slice: usize) -> Result<Option<Index>, Error> {
        let filled = self.index.points.len();
        if filled < self.n {
            // What is written to for the first time takes its time.
            let until = self.n.min(filled + MOVED);
            self.index.points.resize(until, Point::default());
            self.index.order.resize(until, 0);
            self.index.offsets.resize(2 * until + BEYOND, 0);
            return Ok(None);
        }
        let mut left = slice;
        while let (Some(division), 1..) = (self.divisions.last_mut(), left) {
            match division.advance(&mut self.index, board)? {
                Step::Pass => left = left.saturating_sub(division.range.len()),
                Step::Into(range) => self.divisions.push(Division::of(range)),
                Step::Done(boxed) => {
                    self.divisions.pop();
                    match self.divisions.last_mut() {
                        Some(around) => around.take(boxed),
                        None => return core::mem::take(&mut self.index).rooted(boxed).map(Some),
                    }
                }
            }
        }
        Ok(None)
    }
}

/// What a division did.
enum Step {
    /// It looked at each of its points, or moved some.
    Pass,
    /// It came to a range that has to be divided first.
    Into(Range<usize>),
    Done(Boxed),
}

#[derive(PartialEq)]
enum Stage {
    Measure,
    Find,
    Scatter,
    Divide,
}

/// A range of points on its way into cells.
struct Division {
    stage: Stage,
    range: Range<usize>,
    /// Whether these are all points, as the board has them.
    is_board: bool,
    /// From where the others are put into their cells.
    points: Vec<Point>,
    order: Vec<u32>,
    grid: Grid,
    /// The cell of each point.
    cells: Vec<u8>,
    starts: Starts,
    /// How many points are in their cells, and where in each cell the next comes.
    moved: usize,
    next: Starts,
    /// The next cell to look into.
    cell: usize,
    /// The nodes of cells that had to be divided.
    divided: Vec<Option<Boxed>>,
}

impl Division {
    fn of(range: Range<usize>) -> Self {
        Self {
            stage: Stage::Measure,
            range,
            is_board: false,
            points: Vec::new(),
            order: Vec::new(),
            grid: Grid { corner: Point::default(), side: 0.0, levels: 0 },
            cells: Vec::new(),
            starts: [0; CELLS + 1],
            moved: 0,
            next: [0; CELLS + 1],
            cell: 0,
            divided: Vec::new(),
        }
    }

    fn advance(&mut self, index: &mut Index, board: &[Point]) -> Result<Step, Error> {
        let (range, is_board) = (self.range.clone(), self.is_board);
        let points = if is_board { board } else { &index.points[range.clone()] };
        match self.stage {
            Stage::Measure => {
                self.grid = Grid::new(points.len(), LEAF / 4, extent(points));
                self.stage = Stage::Find;
                if self.grid.side < FINEST * index.frame.unit {
                    return Ok(Step::Done(index.leaf(range)));
                }
            }
            Stage::Find => {
                self.cells = room(points.len())?;
                self.grid.find(points, &mut self.cells);
                self.starts = starts(&self.cells, range.start);
                self.next = self.starts.map(|start| start - range.start as u32);
                if !is_board {
                    self.points = copy(points)?;
                    self.order = copy(&index.order[range])?;
                }
                self.stage = Stage::Scatter;
            }
            Stage::Scatter => {
                let some = self.moved..range.len().min(self.moved + MOVED);
                let (to, order) = (&mut index.points[range.clone()], &mut index.order[range]);
                let cells = &self.cells[some.clone()];
                if is_board {
                    let own = board[some.clone()].iter().copied().zip(some.start as u32..);
                    scatter(own, cells, &mut self.next, to, order);
                } else {
                    let own = self.points[some.clone()]
                        .iter()
                        .copied()
                        .zip(self.order[some.clone()].iter().copied());
                    scatter(own, cells, &mut self.next, to, order);
                }
                self.moved = some.end;
                if self.moved == self.cells.len() {
                    (self.points, self.order, self.cells) = Default::default();
                    self.stage = Stage::Divide;
                }
            }
            Stage::Divide => return self.divide(index),
        }
        Ok(Step::Pass)
    }

    /// The next cell that is to be divided, or the node over all of them.
    fn divide(&mut self, index: &mut Index) -> Result<Step, Error> {
        let levels = self.grid.levels;
        while self.cell < 1 << (2 * levels) {
            let range = self.cells_from(self.cell, 0);
            if range.len() > LEAF {
                return Ok(Step::Into(range));
            }
            self.cell += 1;
        }
        self.nest(index, 0, levels).map(|node| node.map_or(Step::Pass, Step::Done))
    }

    /// Takes the node of the cell that had to be divided.
    fn take(&mut self, boxed: Boxed) {
        self.divided.resize(CELLS, None);
        self.divided[self.cell] = Some(boxed);
        self.cell += 1;
    }

    /// The points of 4^`levels` cells.
    fn cells_from(&self, first: usize, levels: u32) -> Range<usize> {
        self.starts[first] as usize..self.starts[first + (1 << (2 * levels))] as usize
    }

    /// The node over 4^`levels` cells from `first` on; none where they are empty.
    fn nest(&mut self, index: &mut Index, first: usize, levels: u32) -> Result<Option<Boxed>, Error> {
        let range = self.cells_from(first, levels);
        if range.is_empty() {
            return Ok(None);
        }
        if range.len() <= LEAF {
            return Ok(Some(index.leaf(range)));
        }
        if levels == 0 {
            return Ok(self.divided[first].take());
        }
        let quarter = 1 << (2 * (levels - 1));
        let mut parts = [const { None }; 4];
        for (part, node) in parts.iter_mut().enumerate() {
            *node = self.nest(index, first + part * quarter, levels - 1)?;
        }
        let all = parts.iter().flatten().cloned().reduce(|mut all, part| {
            all.node.count += part.node.count;
            all.sum.add(&part.sum);
            all.extent = union(all.extent, part.extent);
            all
        });
        let group = index.group(parts)?;
        Ok(all.map(|mut all| {
            all.node.parts = group + 1;
            all
        }))
    }
}

impl Index {
    /// The node of a leaf over these points, whose offsets it notes down.
    fn leaf(&mut self, range: Range<usize>) -> Boxed {
        let points = &self.points[range.clone()];
        let extent = extent(points);
        let (start, count) = (range.start as u32, points.len() as u32);
        let (x, y) = Boxes::middle(&self.frame, extent);
        let middle = lanes(self.frame.point_at(x, y));
        let [width, height] = (lanes(extent.1) - middle).fast_max(middle - lanes(extent.0)).to_array();
        let own_units = split::units_of(count, width.max(height) * self.frame.units);
        let units = f64x2::splat(f64::from(own_units) * self.frame.units);
        let offsets = self.offsets[2 * range.start..].as_chunks_mut().0;
        // About a point among them: about the middle, which is rounded, nothing would be left of a tight leaf's.
        let (first, mut sum, mut squares) = (lanes(points[0]), Large::default(), f64x2::ZERO);
        for (points, offsets) in points.chunks(FEW).zip(offsets.chunks_mut(FEW)) {
            let mut few = Few::default();
            for (point, offset) in points.iter().copied().map(lanes).zip(offsets) {
                *offset = split::small(point - middle, units);
                let d = point - first;
                squares += d * d;
                few.add(&Few::of_point(self.digits, place(point)));
            }
            sum.add(&few.spread(self.digits));
        }
        let are_exact = Few::has_all_from(self.digits, extent)
            || points.iter().all(|&point| Few::has_all_of(self.digits, point));
        self.are_exact &= are_exact;
        let off = sum.sum(self.digits).off(place(first));
        let spread = if extent.0 == extent.1 { 0.0 } else { squares.reduce_add() - off };
        Boxed { node: Node { start, count, parts: 0, units: own_units }, extent, sum, spread }
    }
}

fn union(a: Extent, b: Extent) -> Extent {
    (Point::new(a.0.x.min(b.0.x), a.0.y.min(b.0.y)), Point::new(a.1.x.max(b.1.x), a.1.y.max(b.1.y)))
}

/// A copy, if there is room for it.
fn copy<T: Copy>(items: &[T]) -> Result<Vec<T>, Error> {
    let mut copy = room(items.len())?;
    copy.extend_from_slice(items);
    Ok(copy)
}

/// Where each cell starts, and where the last one ends.
type Starts = [u32; CELLS + 1];

/// Where each cell starts, counted on from `start`, and where the last ends.
fn starts(cells: &[u8], start: usize) -> Starts {
    let mut starts = [0; CELLS + 1];
    for &cell in cells {
        starts[usize::from(cell) + 1] += 1;
    }
    starts[0] = start as u32;
    for cell in 1..starts.len() {
        starts[cell] += starts[cell - 1];
    }
    starts
}

/// Puts points and their indices in the order of their cells.
fn scatter(
    some: impl Iterator<Item = (Point, u32)>,
    cells: &[u8],
    next: &mut Starts,
    points: &mut [Point],
    order: &mut [u32],
) {
    for ((point, i), &cell) in some.zip(cells) {
        let place = &mut next[usize::from(cell)];
        (points[*place as usize], order[*place as usize]) = (point, i);
        *place += 1;
    }
}

/// The indices of the points, neighbours side by side.
pub(super) fn neighbours(points: &[Point]) -> Vec<u32> {
    let (mut cells, mut order) = (Vec::with_capacity(points.len()), vec![0; points.len()]);
    Grid::new(points.len(), 4, extent(points)).find(points, &mut cells);
    let mut next = starts(&cells, 0);
    for (i, &cell) in (0..).zip(&cells) {
        let place = &mut next[usize::from(cell)];
        order[*place as usize] = i;
        *place += 1;
    }
    order
}

/// The four bits of a number with gaps between them.
const GAPPED: [u8; 16] = {
    let mut gapped = [0; 16];
    let mut i = 0_u8;
    while i < 16 {
        gapped[i as usize] = i & 1 | (i & 2) << 1 | (i & 4) << 2 | (i & 8) << 3;
        i += 1;
    }
    gapped
};

/// Square cells over some points, 2^levels by 2^levels of them, along the Z curve (Morton 1966).
struct Grid {
    corner: Point,
    side: f64,
    levels: u32,
}

impl Grid {
    /// As many cells as leave `few` points or fewer in most of them.
    fn new(n: usize, few: usize, (min, max): Extent) -> Self {
        let levels = (1..MOST_LEVELS).find(|levels| n >> (2 * levels) <= few).unwrap_or(MOST_LEVELS);
        Self { corner: min, side: (max.x - min.x).max(max.y - min.y), levels }
    }

    /// Finds the cell of each point.
    fn find(&self, points: &[Point], cells: &mut Vec<u8>) {
        /// Adding it rounds to whole numbers, which are then the lowest bits.
        const WHOLE: f64 = (1_u64 << 52) as f64 + CELLS as f64;
        let last = (1_usize << self.levels) - 1;
        // Rounding to the nearest after taking a half off is rounding down, or on an edge to one side of it.
        let scale = f64x2::splat((last + 1) as f64 * (1.0 - 1e-9) / self.side);
        let (corner, half, whole) = (lanes(self.corner), f64x2::splat(0.5), f64x2::splat(WHOLE));
        let cell = |&point: &Point| {
            let place = (lanes(point) - corner) * scale - half + whole;
            let [column, row] = place.to_array().map(|place| place.to_bits() as usize & last);
            GAPPED[column] | GAPPED[row] << 1
        };
        cells.extend(points.iter().map(cell));
    }
}
