//! The program `famn`; all of it is in the library.

/// Given back soon after it was used; what else is set of it stands in `.cargo/config.toml`.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    famn::cli::run()
}
