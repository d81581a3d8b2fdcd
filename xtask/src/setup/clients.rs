//! Drivers of other languages, which the tests of the recording proxy send through it.
//!
//! psycopg and PostgreSQL's JDBC driver are packages of the system (`.ci/run` installs Debian's);
//! node-postgres comes from npm into the target folder. Without one of them its test fails and says so.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use crate::{
    place::Place,
    process::{self, Ended},
    say,
};

/// Names the folder for the tests.
pub(crate) const VARIABLE: &str = "GNOMON_CLIENTS";
const NODE_POSTGRES: &str = "8.16.3";
const NPM_LIMIT: Duration = Duration::from_mins(5);

/// The folder with `node_modules`; says what is missing.
pub(crate) fn put(place: &Place) -> PathBuf {
    let folder = place.target.join("clients");
    if !has_node_postgres(&folder)
        && let Err(why) = install(&folder)
    {
        say::note(&format!("node-postgres: {why}; the test that needs it will fail"));
    }
    for (what, is_there) in [
        ("psycopg 3 (Debian: `python3-psycopg`)", has_psycopg()),
        ("PostgreSQL's JDBC driver (Debian: `libpostgresql-jdbc-java`)", has_jdbc()),
        ("a JDK (Debian: `default-jdk-headless`)", process::find("javac").is_some()),
        ("Node.js (Debian: `nodejs`)", process::find("node").is_some()),
        ("openssl", process::find("openssl").is_some()),
    ] {
        if !is_there {
            say::note(&format!("missing: {what}; the test that needs it will fail"));
        }
    }
    folder
}

fn has_node_postgres(folder: &Path) -> bool {
    let package = fs::read_to_string(folder.join("node_modules/pg/package.json"));
    package.is_ok_and(|text| text.contains(&format!("\"version\": \"{NODE_POSTGRES}\"")))
}

fn install(folder: &Path) -> Result<(), String> {
    let npm = process::find("npm").ok_or("npm is missing")?;
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let mut command = Command::new(npm);
    command
        .args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--prefix"])
        .arg(folder)
        .arg(format!("pg@{NODE_POSTGRES}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    match process::bounded(&mut command, NPM_LIMIT) {
        Ok(Ended::With(status)) if status.success() => Ok(()),
        Ok(Ended::With(status)) => Err(format!("npm ended with {status}")),
        Ok(Ended::OutOfTime) => Err("npm did not end in time".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn has_psycopg() -> bool {
    let mut python = Command::new("/usr/bin/python3");
    python.args(["-c", "import psycopg"]).stdin(Stdio::null()).stderr(Stdio::null());
    python.status().is_ok_and(|status| status.success())
}

fn has_jdbc() -> bool {
    Path::new("/usr/share/java/postgresql.jar").exists()
}
