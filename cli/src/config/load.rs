//! Reading a configuration file.

use super::{
    Config, EngineSpec, ServerSpec, WorkloadSource, checks, checks::Fault, secret, source::Source,
    spec::Secret,
};

use crate::{error::CliError, wiring::engines as wired};
use sql::SourceSettings;
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

/// Longest configuration or file of tolerances that is read, in bytes.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// A configuration, read and checked.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The configuration.
    pub(crate) config: Config,
    /// The folder that relative paths are relative to.
    pub(crate) base: PathBuf,
    /// The legacy engine.
    pub(crate) legacy: EngineSpec,
    /// The governed engine.
    pub(crate) governed: EngineSpec,
    /// The server of the run store, where runs are shared.
    pub(crate) store: Option<ServerSpec>,
    /// What the statements are written in and for.
    pub(crate) source: SourceSettings,
}

impl Loaded {
    /// A path of the configuration, relative to its folder.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.base.join(path)
    }

    /// The tolerances, and the bounds of a comparison.
    pub(crate) fn comparison(&self) -> Result<compare::Settings, CliError> {
        let settings = checks::tolerances(&self.config.tolerances)
            .map_err(|fault| CliError::usage(fault.message))?;
        Ok(settings.with_bounds(self.config.limits.comparison()))
    }

    /// The server of the run store: `url`, which the command line gives, or the configuration's; nothing
    /// where runs are recorded in folders alone.
    pub(crate) fn server(&self, url: Option<&str>) -> Result<Option<ServerSpec>, CliError> {
        let Some(url) = url else { return Ok(self.store.clone()) };
        if secret::holds_password(url) {
            return Err(CliError::usage("the URL in `--store` holds a password")
                .hint("others see command lines: take it out and name `store.password_env`, `store.password_file` or `store.password_command`, or set PGPASSWORD"));
        }
        let password = self.config.store.password(&self.base);
        let password = password.map_err(|fault| CliError::usage(fault.message))?;
        Ok(Some(ServerSpec { url: Secret::Plain(url.to_owned()), password }))
    }

    /// Where the statements are.
    pub(crate) fn workload(&self) -> Result<WorkloadSource<'_>, CliError> {
        self.config.workload.source().map_err(|fault| CliError::usage(fault.message))
    }
}

/// Reads and checks the configuration in `path`.
pub(crate) fn load(path: &Path) -> Result<Loaded, CliError> {
    let text = read_text(path, "configuration")?;
    // `Path::parent` of a bare file name is the empty path, which joins to the working directory.
    let base = path.parent().unwrap_or(Path::new(""));
    parse(path, &text, base)
}

/// The text of a file, which messages call `what`.
pub(super) fn read_text(path: &Path, what: &str) -> Result<String, CliError> {
    let shown = path.display();
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => CliError::usage(format!("there is no {what} `{shown}`"))
            .hint("`examples/postgres-to-duckdb/gnomon.toml` is one to start from"),
        ErrorKind::InvalidData => {
            CliError::usage(format!("the {what} `{shown}` is not UTF-8 text"))
        }
        _ => CliError::usage(format!("the {what} `{shown}` could not be read: {error}")),
    };
    let size = fs::metadata(path).map_err(failed)?.len();
    if size > BYTES_MAX {
        return Err(CliError::usage(format!(
            "the {what} `{shown}` has {size} bytes; the limit is {BYTES_MAX}"
        )));
    }
    fs::read_to_string(path).map_err(failed)
}

/// Reads and checks the configuration `text`.
fn parse(path: &Path, text: &str, base: &Path) -> Result<Loaded, CliError> {
    let source = Source { path, text };
    let config: Config = toml::from_str(text).map_err(|error| source.unreadable(&error))?;
    let read = |config: &Config| -> Result<_, Fault> {
        config.workload.source()?;
        checks::check(config)?;
        let legacy = config.legacy.spec(base)?;
        let settings =
            config.workload.settings(wired::dialect(&legacy), &config.session.time_zone)?;
        Ok((legacy, config.governed.spec(base)?, config.store.server(base)?, settings))
    };
    let (legacy, governed, store, settings) = read(&config).map_err(|fault| source.fault(fault))?;
    Ok(Loaded { config, base: base.to_owned(), legacy, governed, store, source: settings })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    const GOOD: &str = "\
[workload]
path = \"w\"

[legacy]
kind = \"postgres\"
url = \"postgres://reader@db/shop\"
password_env = \"SHOP_PASSWORD\"

[governed]
kind = \"duckdb\"
path = \"shop.duckdb\"

[[tolerances]]
kind = \"float_relative\"
max = 1e-9
reason = \"sums of floats\"
";

    fn read(text: &str) -> Result<Loaded, CliError> {
        parse(Path::new("conf/gnomon.toml"), text, Path::new("conf"))
    }

    fn error(text: &str) -> String {
        let error = read(text).unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        error.render(false)
    }

    #[test]
    fn settings_of_the_source_are_read_with_the_dialect() {
        let with = |lines: &str| GOOD.replace("path = \"w\"", &format!("path = \"w\"\n{lines}"));
        let loaded = read(&with("dialect = \"snowflake\"\nsettings = { week_start = 1 }")).unwrap();
        assert_eq!(loaded.source.dialect(), model::Dialect::Snowflake);
        assert_eq!(loaded.source.changed(), [("week_start", "1")]);
        let zone = read(&with("[session]\ntime_zone = \"Europe/Berlin\"")).unwrap();
        assert_eq!(zone.source.changed(), [("time_zone", "Europe/Berlin")]);
        let spark = read(&with("dialect = \"databricks\"\nsettings.ansi = false")).unwrap();
        assert_eq!(spark.source.changed(), [("ansi", "off")]);
        for (lines, what) in [
            ("dialect = \"snowflak\"", "snowflak"),
            ("settings = { week_start = 1 }", "dialect `postgres` has no setting `week_start`"),
            ("dialect = \"snowflake\"\nsettings = { week_start = 9 }", "cannot be `9`"),
            (
                "settings = { time_zone = \"Asia/Tokyo\" }",
                "the zone of both is `session.time_zone`",
            ),
            ("[session]\ntime_zone = \"+02\"", "a region such as `Europe/Berlin`"),
        ] {
            let shown = error(&with(lines));
            assert!(shown.contains(what), "{shown}");
        }
    }

    #[test]
    fn paths_are_relative_to_the_configuration() {
        let loaded = read(GOOD).unwrap();
        assert!(
            matches!(&loaded.governed, EngineSpec::DuckDb { path, .. } if path == Path::new("conf/shop.duckdb"))
        );
        assert_eq!(loaded.workload().unwrap(), WorkloadSource::Captured(Path::new("w")));
        assert_eq!(loaded.path(Path::new("w")), Path::new("conf/w"));
        let EngineSpec::Postgres(ServerSpec { url, password }) = &loaded.legacy else {
            panic!("postgres")
        };
        assert_eq!(*url, Secret::Plain("postgres://reader@db/shop".to_owned()));
        assert_eq!(*password, Some(Secret::Env("SHOP_PASSWORD".to_owned())));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place_and_a_suggestion() {
        let text = error(&GOOD.replace("password_env", "pasword_env"));
        assert!(text.contains("unknown key `pasword_env`"), "{text}");
        assert!(text.contains("conf/gnomon.toml:7:1"), "{text}");
        assert!(text.contains("did you mean `password_env`?"), "{text}");
    }

    #[test]
    fn an_unknown_section_is_named_too() {
        let text = error(&format!("{GOOD}\n[tolerence]\nmax = 1\n"));
        assert!(
            text.contains("unknown key `tolerence`") && text.contains("`tolerances`"),
            "{text}"
        );
    }

    #[test]
    fn a_wrong_type_is_named_in_plain_words() {
        let text = error(&format!("{GOOD}\n[limits]\nsessions_max = \"four\"\n"));
        assert!(text.contains("expected a whole number"), "{text}");
        assert!(text.contains("gnomon.toml:19:16"), "{text}");
    }

    #[test]
    fn a_missing_section_and_a_missing_key_are_named() {
        let (_, after) = GOOD.split_once("[legacy]").unwrap();
        let text = error(&format!("[legacy]{after}"));
        assert!(text.contains("the section `[workload]` is missing"), "{text}");
        let text = error(&GOOD.replace("path = \"w\"\n", ""));
        assert!(text.contains("the workload names no folder"), "{text}");
        let text = error(&GOOD.replace("reason = \"sums of floats\"\n", ""));
        assert!(text.contains("the key `reason` is missing") && text.contains(":13"), "{text}");
    }

    #[test]
    fn a_password_is_refused_and_not_shown() {
        let text = error(&GOOD.replace("reader@", "reader:hunter2@"));
        assert!(text.contains("the URL holds a password"), "{text}");
        assert!(text.contains("password_env") && text.contains("gnomon.toml:6"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
        let other = error(
            &GOOD.replace("url = \"postgres://reader@", "ulr = \"postgres://reader:hunter2@"),
        );
        assert!(other.contains("did you mean `url`?") && !other.contains("hunter2"), "{other}");
    }

    #[test]
    fn keys_of_another_kind_and_missing_ones_are_named() {
        let text = error(&GOOD.replace("password_env = \"SHOP_PASSWORD\"", "path = \"x\""));
        assert!(text.contains("kind `postgres` has no `path`"), "{text}");
        let text = error(&GOOD.replace("path = \"shop.duckdb\"\n", ""));
        assert!(text.contains("kind `duckdb` needs `path`"), "{text}");
        let text = error(&GOOD.replace("kind = \"duckdb\"", "kind = \"duckdbb\""));
        assert!(
            text.contains("unknown value `duckdbb`") && text.contains("did you mean `duckdb`?")
        );
    }

    #[test]
    fn limits_and_tolerances_are_checked_where_they_stand() {
        let text = error(&format!("{GOOD}\n[limits]\nsessions_max = 0\n"));
        assert!(text.contains("must be from 1 to 1024") && text.contains(":19:16"), "{text}");
        let text = error(&GOOD.replace("max = 1e-9", "digits = 3"));
        assert!(
            text.contains("`float_relative` has no `digits`") && text.contains(":15:10"),
            "{text}"
        );
        let text = error(&GOOD.replace("sums of floats", " "));
        assert!(text.contains("has no reason"), "{text}");
        let text = error(&GOOD.replace("1e-9", "7.0"));
        assert!(text.contains("at 1 or more"), "{text}");
    }

    #[test]
    fn broken_toml_is_an_error_with_a_place() {
        let text = error("[workload\npath = 3");
        assert!(text.contains("gnomon.toml:1"), "{text}");
        assert!(error("").contains("the section `[workload]` is missing"));
    }

    #[test]
    fn a_missing_file_says_where_to_start() {
        let error = load(Path::new("no/such.toml")).unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.render(false).contains("examples/"));
    }

    #[test]
    fn every_example_is_read() {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
        let mut read = 0;
        for folder in fs::read_dir(examples).unwrap() {
            for file in fs::read_dir(folder.unwrap().path()).unwrap() {
                let path = file.unwrap().path();
                if path.extension().is_some_and(|end| end == "toml") {
                    let loaded = load(&path).map_err(|error| error.render(false));
                    assert!(loaded.is_ok(), "{}", loaded.unwrap_err());
                    read += 1;
                }
            }
        }
        assert!(read > 0);
    }
}
