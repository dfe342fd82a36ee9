//! The parts of `cargo xtask`, a library so that the browser tests share its server and its browser.
//!
//! | module | what it does |
//! |---|---|
//! | [`arguments`] | reads the command line |
//! | [`build`] | Rust → Wasm → `www/pkg/`, and the whole site → `dist/` |
//! | [`oembed`] | tells other sites how to embed ours |
//! | [`onefile`] | a page with all that it needs in one file |
//! | [`npm`] | the package for npm |
//! | `vendor` | modules of what others wrote |
//! | [`integrity`] | what a module loads, and the hashes of it |
//! | [`server`] | serves a folder on this machine |
//! | [`browser`] | finds browsers and their drivers, or gets them |
//! | [`node`] | Node for what only tests need from npm |
//! | [`python`] | Python for the exported programs, and the packages they need |
//! | [`r`] | R, whose gap statistic ours is timed beside |
//! | [`mod@bench`] | how fast it is beside its rivals |
//! | [`mod@test`] | every test, one step after the other |
//! | [`process`] | runs a command and says how it failed |

#![allow(clippy::print_stdout, reason = "a command-line tool speaks through stdout")]
#![allow(
    clippy::missing_errors_doc,
    reason = "every error is a step that failed, and its message names the step"
)]

pub mod arguments;
pub mod bench;
pub mod browser;
pub mod build;
pub mod integrity;
pub mod node;
pub mod npm;
pub mod oembed;
pub mod onefile;
mod prerender;
pub mod process;
pub mod python;
pub mod r;
pub mod server;
mod shrink;
mod social;
mod tables;
pub mod test;
mod vendor;

use std::path::{Path, PathBuf};

/// The repository's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
