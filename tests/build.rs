//! Lets this package's tests find `libduckdb.so` when they are started without cargo: the library
//! lies in `deps`, beside the test binaries (libduckdb-sys copies it there).

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_UNIX").is_ok() {
        let origin = if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("macos") {
            "@loader_path"
        } else {
            "$ORIGIN"
        };
        println!("cargo:rustc-link-arg=-Wl,-rpath,{origin},-rpath,{origin}/deps");
    }
}
