//! The program `famn`; all of it is in the library.

fn main() -> std::process::ExitCode {
    famn::cli::run()
}
