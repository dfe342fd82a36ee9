//! A person's hands: keys, a mouse on a desktop, a finger on a phone.

use std::time::Duration;

use anyhow::Result;
use fantoccini::actions::{
    Actions, InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, TouchActions,
};

use crate::{Browser, Pointer, element};

/// A place in the viewport: x and y in CSS pixels.
pub type Point = (f64, f64);

/// How many moves a drag is made of.
const DRAG_MOVES: u32 = 8;

/// How long one of them takes: about a frame.
const MOVE_TIME: Duration = Duration::from_millis(16);

const DOWN: PointerAction = PointerAction::Down { button: MOUSE_BUTTON_LEFT };
const UP: PointerAction = PointerAction::Up { button: MOUSE_BUTTON_LEFT };

impl Browser {
    /// Presses and releases a key, for whatever has the focus.
    pub async fn press(&self, key: impl Into<char>) -> Result<()> {
        self.chord(&[key.into()]).await
    }

    /// Presses keys one after the other, then releases them in reverse: `&[Key::Shift.into(), Key::Tab.into()]`.
    pub async fn chord(&self, keys: &[char]) -> Result<()> {
        let down = keys.iter().map(|&value| KeyAction::Down { value });
        let up = keys.iter().rev().map(|&value| KeyAction::Up { value });
        self.perform(down.chain(up).fold(KeyActions::new("keys".into()), KeyActions::then)).await
    }

    /// Types a text, for whatever has the focus.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        for key in text.chars() {
            self.press(key).await?;
        }
        Ok(())
    }

    /// Clicks or taps the middle of an element, scrolled into view; whatever covers it there gets the click.
    pub async fn click(&self, selector: &str) -> Result<()> {
        self.eval(&format!(
            "{}.scrollIntoView({{ block: 'nearest', behavior: 'instant' }})",
            element(selector)
        ))
        .await?;
        let middle = self.rect(selector).await?.at(0.5, 0.5);
        self.click_at(middle).await
    }

    /// Clicks or taps a place in the viewport.
    pub async fn click_at(&self, place: Point) -> Result<()> {
        self.point(vec![move_to(place), DOWN, UP]).await
    }

    /// Presses at a place, moves to another in several moves, and releases there.
    pub async fn drag(&self, from: Point, to: Point) -> Result<()> {
        let way =
            (1..=DRAG_MOVES).map(|step| move_to(between(from, to, f64::from(step) / f64::from(DRAG_MOVES))));
        let start = [move_to(from), DOWN];
        self.point(start.into_iter().chain(way).chain([UP]).collect()).await
    }

    /// Moves the mouse to a place, no button pressed; a finger cannot.
    pub async fn hover(&self, place: Point) -> Result<()> {
        self.point(vec![move_to(place)]).await
    }

    async fn point(&self, actions: Vec<PointerAction>) -> Result<()> {
        let actions = actions.into_iter();
        match self.device.pointer {
            Pointer::Mouse => {
                self.perform(actions.fold(MouseActions::new("mouse".into()), MouseActions::then)).await
            }
            Pointer::Touch => {
                self.perform(actions.fold(TouchActions::new("finger".into()), TouchActions::then)).await
            }
        }
    }

    async fn perform(&self, actions: impl Into<Actions>) -> Result<()> {
        Ok(self.client.perform_actions(actions).await?)
    }
}

fn move_to((x, y): Point) -> PointerAction {
    PointerAction::MoveTo { duration: Some(MOVE_TIME), x, y }
}

fn between(from: Point, to: Point, part: f64) -> Point {
    (from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1))
}
