//! Lets the binary find `libduckdb.so` when it is started directly: the library lies in `deps`
//! beside it (libduckdb-sys copies it there), or next to it where it was installed.

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
