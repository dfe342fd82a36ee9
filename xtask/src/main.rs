//! `cargo xtask`: dispatches to the task that was named, and exits with the code of the step that failed.

#![allow(clippy::print_stdout, reason = "a command-line tool speaks through stdout")]

use std::process::ExitCode;

use anyhow::Result;
use url::Url;
use xtask::arguments::{Task, local_address, parse, usage};
use xtask::process::Failed;
use xtask::{bench, build, root, server, test};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match parse(&arguments).and_then(perform) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            error.downcast_ref::<Failed>().map_or(ExitCode::FAILURE, Failed::exit_code)
        }
    }
}

fn perform(task: Task) -> Result<()> {
    match task {
        Task::Help => println!("{}", usage()),
        Task::Build { address } => publish(address)?,
        Task::Serve { port } => serve(port)?,
        Task::Test => test::everything()?,
        Task::Bench { sklearn, r } => bench::all(sklearn, r)?,
    }
    Ok(())
}

/// Builds the site for its address, and says where it takes that for granted.
fn publish(address: Option<Url>) -> Result<()> {
    let is_given = address.is_some();
    let address = address.map_or_else(local_address, Ok)?;
    build::site(&address)?;
    if !is_given {
        println!(
            "oEmbed names {address}: `cargo xtask build --address https://example.org/kmeans/` gives it another."
        );
    }
    Ok(())
}

/// Builds the binding and serves `www/` itself, so an edited page needs a reload and no more.
#[tokio::main(flavor = "current_thread")]
async fn serve(port: u16) -> Result<()> {
    build::binding()?;
    let listener = server::listen(port).await?;
    println!("http://{}/", listener.local_addr()?);
    server::serve_source(listener, root().join("www")).await
}
