//! The commands that install PostgreSQL's programs, as data.

/// One command of an installation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The program and its arguments.
    pub(crate) words: Vec<String>,
    /// What to tell the user: the command without its trappings.
    pub(crate) shown: &'static str,
}

/// What this user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Privilege {
    /// Everything.
    Root,
    /// Everything through `sudo`, without a password.
    Sudo,
    /// Nothing outside of the home folder.
    None,
}

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manager {
    /// Debian, Ubuntu.
    Apt,
    /// Fedora, RHEL.
    Dnf,
    /// Alpine.
    Apk,
    /// macOS.
    Brew,
}

/// Debian makes and starts a cluster when the server package is installed; this drop-in (read by
/// `pg_createcluster`'s configuration) keeps it from doing so, and is taken away afterwards.
const NO_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/gnomon-xtask.conf";

/// Run by `sh -c` with the path of the drop-in as `$0`.
const APT_INSTALL: &str = "\
set -e
export DEBIAN_FRONTEND=noninteractive
mkdir -p \"${0%/*}\"
echo 'create_main_cluster = false' >\"$0\"
trap 'rm -f \"$0\"' EXIT
apt-get install -y --no-install-recommends postgresql";

impl Manager {
    /// The first package manager that `is_there`.
    pub(crate) fn present(is_there: impl Fn(&str) -> bool) -> Option<Self> {
        [Self::Apt, Self::Dnf, Self::Apk, Self::Brew]
            .into_iter()
            .find(|manager| is_there(manager.program()))
    }

    fn program(self) -> &'static str {
        match self {
            Self::Apt => "apt-get",
            Self::Dnf => "dnf",
            Self::Apk => "apk",
            Self::Brew => "brew",
        }
    }

    /// The commands to run, one after the other, or nothing if this user may not run them.
    pub(crate) fn steps(self, privilege: Privilege) -> Option<Vec<Step>> {
        let front: &[&str] = match (self, privilege) {
            // Homebrew refuses to run as root, and needs no rights otherwise.
            (Self::Brew, Privilege::Root) => return None,
            (Self::Brew, _) | (_, Privilege::Root) => &[],
            (_, Privilege::Sudo) => &["sudo", "-n"],
            (_, Privilege::None) => return None,
        };
        let step = |shown: &'static str, words: &[&str]| {
            let words = front.iter().chain(words).map(|word| (*word).to_owned()).collect();
            Step { words, shown }
        };
        let plain =
            |shown: &'static str| step(shown, &shown.split_whitespace().collect::<Vec<_>>());
        Some(match self {
            Self::Apt => vec![
                plain("apt-get update"),
                step("apt-get install postgresql", &["sh", "-c", APT_INSTALL, NO_CLUSTER]),
            ],
            Self::Dnf => vec![plain("dnf install -y postgresql-server")],
            Self::Apk => vec![plain("apk add --no-cache postgresql")],
            Self::Brew => vec![plain("brew install postgresql@17")],
        })
    }
}

/// What to tell a user whose PostgreSQL cannot be installed from here.
pub(crate) fn by_hand(manager: Option<Manager>) -> String {
    let how = match manager {
        Some(Manager::Apt) => "run `sudo apt-get install postgresql`",
        Some(Manager::Dnf) => "run `sudo dnf install postgresql-server`",
        Some(Manager::Apk) => "run `apk add postgresql` as root",
        Some(Manager::Brew) => "run `brew install postgresql@17` (not as root)",
        None => "install PostgreSQL 13 or later",
    };
    format!(
        "the tests need the programs `initdb` and `postgres`, which were not found: {how}, or set \
         `{}` to the folder that holds them. No running server is needed",
        super::VARIABLE
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_installed_without_the_right_to_do_so() {
        for manager in [Manager::Apt, Manager::Dnf, Manager::Apk] {
            assert_eq!(manager.steps(Privilege::None), None);
            assert!(by_hand(Some(manager)).contains(manager.program().trim_end_matches("-get")));
        }
        assert_eq!(Manager::Brew.steps(Privilege::Root), None);
        assert!(Manager::Brew.steps(Privilege::None).is_some());
    }

    #[test]
    fn sudo_never_asks() {
        for manager in [Manager::Apt, Manager::Dnf, Manager::Apk] {
            for step in manager.steps(Privilege::Sudo).unwrap() {
                assert_eq!(&step.words[..2], ["sudo", "-n"], "{step:?}");
            }
        }
    }

    #[test]
    fn debian_makes_no_cluster_and_the_drop_in_goes_away_also_on_failure() {
        let steps = Manager::Apt.steps(Privilege::Root).unwrap();
        let [update, install] = steps.as_slice() else { panic!("{steps:?}") };
        assert_eq!(update.words, ["apt-get", "update"]);
        // The step itself, with a package manager that looks at the drop-in and then fails.
        let folder = std::env::temp_dir().join(format!("xtask-apt-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let apt = folder.join("apt-get");
        // Written by another process, for the reason that the tests of libduckdb give.
        let text = "#!/bin/sh\ncat \"$DROP_IN\" >\"$DROP_IN.seen\"\nexit 100\n";
        let write = "printf '%s' \"$1\" >\"$0\" && chmod +x \"$0\"";
        let mut shell = std::process::Command::new("sh");
        assert!(shell.args(["-c", write]).arg(&apt).arg(text).status().unwrap().success());
        let drop_in = folder.join("conf.d/gnomon.conf");
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
        let status = std::process::Command::new("sh")
            .args(["-c", &install.words[2]])
            .arg(&drop_in)
            .env("PATH", path)
            .env("DROP_IN", &drop_in)
            .status()
            .unwrap();
        let seen = std::fs::read_to_string(folder.join("conf.d/gnomon.conf.seen")).unwrap();
        let left = drop_in.exists();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(seen, "create_main_cluster = false\n");
        assert_eq!(status.code(), Some(100));
        assert!(!left, "the drop-in is left behind");
    }

    #[test]
    fn the_first_manager_that_is_there_is_taken() {
        assert_eq!(Manager::present(|program| program == "apk"), Some(Manager::Apk));
        assert_eq!(Manager::present(|_| true), Some(Manager::Apt));
        assert_eq!(Manager::present(|_| false), None);
    }
}
