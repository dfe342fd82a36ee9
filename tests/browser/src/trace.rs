//! What Chromium's trace says of the tasks of a page.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

/// The categories that are traced: the tasks of all threads, and the marks of pages.
pub(crate) const TRACED: &str = "toplevel,blink.user_timing";

/// A mark of this name tells the page's thread from the others.
pub(crate) const MARK: &str = "thread of the page";

/// The event that an entry of the log carries.
pub(crate) fn event(entry: &Value) -> Result<Value> {
    let message = entry["message"].as_str().context("an entry without its message")?;
    let mut message: Value = serde_json::from_str(message)?;
    Ok(message["message"]["params"].take())
}

/// Whether this is the page's mark.
pub(crate) fn is_mark(event: &Value) -> bool {
    event["name"] == MARK
}

/// The processor's time of each task that ended on the thread that set the mark; where a trace lacks it, all the time
/// from the task's start to its end, which is no shorter.
pub(crate) fn tasks(events: &[Value]) -> Result<Vec<Duration>> {
    let thread = |event: &Value| (event["pid"].as_u64(), event["tid"].as_u64());
    let page = thread(events.iter().rfind(|event| is_mark(event)).context("no mark in the trace")?);
    let is_task = |event: &&Value| {
        thread(event) == page && event["name"] == "ThreadControllerImpl::RunTask" && event["ph"] == "X"
    };
    let time =
        |task: &Value| task["tdur"].as_u64().or_else(|| task["dur"].as_u64()).map(Duration::from_micros);
    events
        .iter()
        .filter(is_task)
        .map(|task| time(task).with_context(|| format!("no time in {task}")))
        .collect()
}
