//! Build steps that are written in Rust. They run on the developer's machine and are never shipped.

mod bind;

use std::process::ExitCode;

const USAGE: &str = "cargo xtask bind --worker|--npm <in.wasm> <out-folder>";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["bind", "--worker", wasm, folder] => bind::worker(wasm, folder),
        ["bind", "--npm", wasm, folder] => bind::npm(wasm, folder),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
