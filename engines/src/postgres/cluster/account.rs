//! The user that the server runs as: never root.

use super::{ClusterError, quiet};
use std::{
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Command, Stdio},
};

/// Whom PostgreSQL's programs run as.
#[derive(Debug)]
pub(super) enum Account {
    /// As ourselves.
    Own,
    /// As somebody else, since we are root.
    Other { name: &'static str, uid: u32, gid: u32 },
}

impl Account {
    pub(super) fn choose() -> Result<Self, ClusterError> {
        if id(&["-u"]) != Some(0) {
            return Ok(Self::Own);
        }
        for name in ["postgres", "nobody"] {
            if let (Some(uid), Some(gid)) = (id(&["-u", name]), id(&["-g", name]))
                && uid != 0
            {
                return Ok(Self::Other { name, uid, gid });
            }
        }
        Err(ClusterError::NoAccount)
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Own => "of this process",
            Self::Other { name, .. } => name,
        }
    }

    pub(super) fn ids(&self) -> Option<(u32, u32)> {
        match self {
            Self::Own => None,
            Self::Other { uid, gid, .. } => Some((*uid, *gid)),
        }
    }

    /// A command that runs as this user, in `folder`, without input and output.
    pub(super) fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = quiet(program);
        command.current_dir(folder);
        if let Self::Other { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Can this user write there?
    pub(super) fn can_enter(&self, folder: &Path) -> bool {
        self.command(Path::new("/bin/sh"), folder)
            .current_dir("/")
            .args(["-c", "cd \"$1\" && test -w .", "sh"])
            .arg(folder)
            .status()
            .is_ok_and(|status| status.success())
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = quiet(Path::new("id")).args(arguments).stdout(Stdio::piped()).output().ok()?;
    output.status.success().then_some(())?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
