//! What a message of the log says of an execution.

use chrono::TimeDelta;

/// What a message of severity LOG is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message<'m> {
    /// `duration: 1.234 ms  statement: …` or `… execute <name>: …`.
    Executed {
        /// The text of the statement.
        text: &'m str,
        /// How long it took.
        duration: TimeDelta,
        /// May it have parameters?
        is_prepared: bool,
    },
    /// `statement: …` or `execute <name>: …`: it is about to be executed.
    Announced {
        /// The text of the statement.
        text: &'m str,
        /// May it have parameters?
        is_prepared: bool,
    },
    /// `duration: 1.234 ms`, of what was announced.
    Duration(TimeDelta),
    /// `parse <name>: …` or `bind <name>: …`, which an execution follows.
    Prepared,
    /// `execute fetch from <name>: …`: more rows of what was executed before.
    Fetched,
    /// Anything else.
    Other,
}

impl<'m> Message<'m> {
    /// Reads a message. Only English servers (`lc_messages`) write what is known here.
    pub(super) fn read(message: &'m str) -> Self {
        let Some(rest) = message.strip_prefix("duration: ") else {
            return Self::step(message, None);
        };
        let Some((number, rest)) = rest.split_once(" ms") else { return Self::Other };
        let Some(duration) = milliseconds(number) else { return Self::Other };
        match rest.trim_start() {
            "" => Self::Duration(duration),
            step => Self::step(step, Some(duration)),
        }
    }

    fn step(message: &'m str, duration: Option<TimeDelta>) -> Self {
        let executed = |text, is_prepared| match duration {
            Some(duration) => Self::Executed { text, duration, is_prepared },
            None => Self::Announced { text, is_prepared },
        };
        if let Some(text) = message.strip_prefix("statement: ") {
            return executed(text, false);
        }
        let Some((step, rest)) = message.split_once(' ') else { return Self::Other };
        match step {
            "parse" | "bind" => Self::Prepared,
            "execute" if rest.starts_with("fetch from ") => Self::Fetched,
            // A name may hold a colon, but hardly one with a blank behind it.
            "execute" => match rest.split_once(": ") {
                Some((_, text)) => executed(text, true),
                None => Self::Other,
            },
            _ => Self::Other,
        }
    }
}

/// A duration in milliseconds with three decimals, as the server prints it.
fn milliseconds(number: &str) -> Option<TimeDelta> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micros: i64 = format!("{fraction:0<3}").parse().ok()?;
    let whole: i64 = whole.parse().ok().filter(|whole| *whole >= 0)?;
    let all = whole.checked_mul(1_000)?.checked_add(micros)?;
    Some(TimeDelta::microseconds(all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn messages_are_told_apart() {
        let micros = TimeDelta::microseconds;
        for (message, expected) in [
            (
                "duration: 1.234 ms  statement: SELECT 1",
                Message::Executed { text: "SELECT 1", duration: micros(1_234), is_prepared: false },
            ),
            (
                "duration: 0.020 ms  execute <unnamed>: SELECT $1",
                Message::Executed { text: "SELECT $1", duration: micros(20), is_prepared: true },
            ),
            (
                "duration: 12 ms  execute s_1/p: SELECT ': '",
                Message::Executed {
                    text: "SELECT ': '",
                    duration: micros(12_000),
                    is_prepared: true,
                },
            ),
            ("statement: BEGIN", Message::Announced { text: "BEGIN", is_prepared: false }),
            ("execute a: SELECT 1", Message::Announced { text: "SELECT 1", is_prepared: true }),
            ("duration: 3.500 ms", Message::Duration(micros(3_500))),
            ("duration: 0.100 ms  parse <unnamed>: SELECT 1", Message::Prepared),
            ("duration: 0.100 ms  bind a/b: SELECT 1", Message::Prepared),
            ("duration: 0.100 ms  execute fetch from c/p: SELECT 1", Message::Fetched),
            ("execute fetch from c/p: SELECT 1", Message::Fetched),
            ("duration: -1.0 ms", Message::Other),
            ("duration: x ms  statement: SELECT 1", Message::Other),
            ("checkpoint starting: time", Message::Other),
            ("", Message::Other),
        ] {
            assert_eq!(Message::read(message), expected, "{message}");
        }
    }

    proptest! {
        #[test]
        fn any_message_is_read(message in "(duration: |execute |bind |[0-9.]{1,30}| ms|: |\\PC){0,8}") {
            Message::read(&message);
        }
    }
}
