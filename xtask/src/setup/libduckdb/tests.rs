use super::*;

/// Of the text that the pretended npm packs as the library.
const LIBRARY: &str = "not really a library";

/// A folder of its own for each test, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A script in the place of npm; `body` runs in the folder that the package has to go to.
    fn npm(&self, body: &str) -> PathBuf {
        let path = self.0.join("npm");
        let text = format!("#!/bin/sh\necho call >>'{}/calls'\n{body}\n", self.0.display());
        // Written by another process: a file that this one has open for writing cannot be run,
        // and a test beside this one may just be forking.
        let write = "printf '%s' \"$1\" >\"$0\" && chmod +x \"$0\"";
        let mut shell = Command::new("sh");
        assert!(shell.args(["-c", write]).arg(&path).arg(text).status().unwrap().success());
        path
    }

    fn calls(&self) -> usize {
        fs::read_to_string(self.0.join("calls")).unwrap_or_default().lines().count()
    }

    fn library(&self) -> PathBuf {
        self.target().join("libduckdb.so")
    }

    fn target(&self) -> PathBuf {
        self.0.join("target")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Packs `LIBRARY` as the registry's package would hold it.
fn packs() -> String {
    format!(
        "mkdir package && printf '%s' '{LIBRARY}' >package/libduckdb.so && \
         tar -czf pack.tgz package && rm -r package"
    )
}

fn source(sha256: &'static str) -> Source {
    Source {
        triple: "x86_64-unknown-linux-gnu",
        npm: "@duckdb/node-bindings-linux-x64",
        library: "libduckdb.so",
        sha256,
    }
}

/// The digest of `LIBRARY`, by the tool that is tested against the standard elsewhere.
fn right() -> &'static str {
    let folder = Folder::new(&format!("digest-{:?}", thread::current().id()));
    let path = folder.0.join("library");
    fs::write(&path, LIBRARY).unwrap();
    Box::leak(sha256::of(&path).unwrap().into_boxed_str())
}

const SOON: Duration = Duration::from_secs(20);

#[test]
fn the_library_is_fetched_once_and_then_known() {
    let folder = Folder::new("once");
    let npm = folder.npm(&packs());
    let source = source(right());
    let seed = || seed_into(&folder.target(), &source, Some(&npm), SOON).unwrap();
    assert_eq!(seed(), Seeded::Fetched);
    assert_eq!(fs::read_to_string(folder.library()).unwrap(), LIBRARY);
    assert_eq!(seed(), Seeded::AlreadyThere);
    assert_eq!(folder.calls(), 1);
    assert!(!folder.target().join(".setup").exists(), "the scratch folder is left");
}

#[test]
fn set_ups_at_the_same_time_fetch_once() {
    let folder = Folder::new("twice");
    let npm = folder.npm(&format!("sleep 0.3; {}", packs()));
    let source = source(right());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| seed_into(&folder.target(), &source, Some(&npm), SOON).unwrap());
        }
    });
    assert_eq!(folder.calls(), 1);
}

#[test]
fn a_library_that_was_cut_short_is_fetched_again() {
    let folder = Folder::new("short");
    let npm = folder.npm(&packs());
    let source = source(right());
    let seed = || seed_into(&folder.target(), &source, Some(&npm), SOON).unwrap();
    fs::create_dir_all(folder.target()).unwrap();
    fs::write(folder.library(), "not rea").unwrap();
    assert_eq!(seed(), Seeded::Fetched);
    // Also after it was verified once.
    fs::write(folder.library(), "not rea").unwrap();
    assert_eq!(seed(), Seeded::Fetched);
    assert_eq!(fs::read_to_string(folder.library()).unwrap(), LIBRARY);
}

#[test]
fn the_library_of_duckdbs_own_release_stays() {
    let folder = Folder::new("release");
    let npm = folder.npm(&packs());
    fs::create_dir_all(folder.target()).unwrap();
    fs::write(folder.library(), "another build of the same release").unwrap();
    fs::write(folder.target().join("libduckdb-linux-amd64.zip"), "").unwrap();
    let seeded = seed_into(&folder.target(), &source(right()), Some(&npm), SOON).unwrap();
    assert_eq!(seeded, Seeded::AlreadyThere);
    assert_eq!(folder.calls(), 0);
}

#[test]
fn a_right_library_without_a_stamp_is_taken_over() {
    let folder = Folder::new("adopt");
    fs::create_dir_all(folder.target()).unwrap();
    fs::write(folder.library(), LIBRARY).unwrap();
    let source = source(right());
    let seeded = seed_into(&folder.target(), &source, None, SOON).unwrap();
    assert_eq!(seeded, Seeded::AlreadyThere);
    assert!(is_verified(&folder.library(), source.sha256));
}

#[test]
fn a_package_with_another_content_stops_everything_and_installs_nothing() {
    let folder = Folder::new("wrong");
    let npm = folder.npm(&packs());
    let planted = source("00000000000000000000000000000000000000000000000000000000000000ff");
    let stop = seed_into(&folder.target(), &planted, Some(&npm), SOON).unwrap_err();
    let message = stop.message().unwrap();
    assert!(message.contains(right()) && message.contains("nothing was installed"), "{message}");
    assert!(!folder.library().exists());
}

#[test]
fn without_an_answer_of_npm_the_build_is_left_to_download() {
    let folder = Folder::new("silent");
    let source = source(right());
    let seed = |npm: Option<&Path>, limit| match seed_into(&folder.target(), &source, npm, limit)
        .unwrap()
    {
        Seeded::LeftToBuild(why) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(seed(None, SOON), "npm is not installed");
    let refuses = folder
        .npm("echo 'npm error code E404' >&2; echo 'npm error 404 no such thing' >&2; exit 1");
    let why = seed(Some(&refuses), SOON);
    assert!(why.contains("npm error 404 no such thing"), "{why}");
    let hangs = folder.npm("exec sleep 60");
    let started = Instant::now();
    let why = seed(Some(&hangs), Duration::from_millis(200));
    assert!(why.contains("did not end within"), "{why}");
    assert!(started.elapsed() < SOON, "the limit does not hold");
    assert!(!folder.library().exists());
}

#[test]
fn a_lock_that_is_held_is_waited_for_only_so_long() {
    let folder = Folder::new("lock");
    let path = folder.0.join("lock");
    let held = lock(&path, SOON).unwrap();
    let stop = lock(&path, Duration::from_millis(150)).unwrap_err();
    assert!(stop.message().unwrap().contains("another set-up"));
    drop(held);
    assert!(lock(&path, Duration::ZERO).is_ok());
}

#[test]
fn every_source_pins_a_digest_for_its_own_platform() {
    for source in SOURCES {
        assert_eq!(source.sha256.len(), 64, "{source:?}");
        assert!(source.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()), "{source:?}");
        let same = SOURCES.iter().filter(|other| other.triple == source.triple).count();
        assert_eq!(same, 1, "{source:?}");
    }
    assert!(NPM_VERSION.starts_with(DUCKDB_VERSION));
}
