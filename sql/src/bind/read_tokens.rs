//! Text read by a format of `strftime` tokens, as GoogleSQL's `PARSE_DATE` and its kin read it: a
//! pattern of the whole text says whether it follows the format, and each part is taken out of it.
//!
//! Blanks of a format stand for any blanks, none included; numbers may have fewer digits; what is
//! not in the format is that of 1970-01-01 00:00:00.
//! <https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements>

use super::{Binder, Bound, core_text::quoted};
use crate::tree::Expr;

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    Date,
    Moment,
    /// A moment whose zone is told elsewhere: no format says which instant it is.
    Local,
    Clock,
    Instant,
}

impl Reads {
    /// The pseudo-function of bodies that reads it, and whether what cannot be read is NULL.
    pub(super) fn of(function: &str) -> Option<(Self, bool)> {
        Some(match function {
            "read_date" => (Self::Date, false),
            "read_moment" => (Self::Moment, false),
            "read_local" => (Self::Local, false),
            "try_read_local" => (Self::Local, true),
            "read_clock" => (Self::Clock, false),
            "read_instant" => (Self::Instant, false),
            "try_read_date" => (Self::Date, true),
            "try_read_moment" => (Self::Moment, true),
            "try_read_clock" => (Self::Clock, true),
            "try_read_instant" => (Self::Instant, true),
            _ => return None,
        })
    }

    /// The core expression without a value, and one that raises.
    const fn nothing(self) -> (&'static str, &'static str) {
        match self {
            Self::Date => ("NULL::date", "make_date(raise(length($1)), 1, 1)"),
            Self::Moment | Self::Local | Self::Instant => {
                ("NULL::timestamp", "make_date(raise(length($1)), 1, 1)::timestamp")
            }
            Self::Clock => ("NULL::time", "make_time(raise(length($1)), 0, 0::float8)"),
        }
    }
}

const BLANK: &str = "[ \t\n\u{b}\u{c}\r]*";
const MONTHS: &str = "[Jj][Aa][Nn]([Uu][Aa][Rr][Yy])?|[Ff][Ee][Bb]([Rr][Uu][Aa][Rr][Yy])?|[Mm][Aa][Rr]([Cc][Hh])?|[Aa][Pp][Rr]([Ii][Ll])?|[Mm][Aa][Yy]|[Jj][Uu][Nn]([Ee])?|[Jj][Uu][Ll]([Yy])?|[Aa][Uu][Gg]([Uu][Ss][Tt])?|[Ss][Ee][Pp]([Tt][Ee][Mm][Bb][Ee][Rr])?|[Oo][Cc][Tt]([Oo][Bb][Ee][Rr])?|[Nn][Oo][Vv]([Ee][Mm][Bb][Ee][Rr])?|[Dd][Ee][Cc]([Ee][Mm][Bb][Ee][Rr])?";
const DAYS: &str = "[Mm][Oo][Nn]([Dd][Aa][Yy])?|[Tt][Uu][Ee]([Ss][Dd][Aa][Yy])?|[Ww][Ee][Dd]([Nn][Ee][Ss][Dd][Aa][Yy])?|[Tt][Hh][Uu]([Rr][Ss][Dd][Aa][Yy])?|[Ff][Rr][Ii]([Dd][Aa][Yy])?|[Ss][Aa][Tt]([Uu][Rr][Dd][Aa][Yy])?|[Ss][Uu][Nn]([Dd][Aa][Yy])?";

impl Binder<'_> {
    /// `read_date(format, text)` inside a body. An instant is read as local time; where the format
    /// has an offset it is one in UTC, and where not the body's `read_instant(format, text)` is still
    /// to be set into a zone.
    pub(super) fn read_tokens(
        &mut self,
        reads: Reads,
        tried: bool,
        args: Vec<Expr>,
        span: super::Span,
    ) -> Bound<Expr> {
        let (format, values) = self.format_and(args, span)?;
        let Some(core) = core_of(&format, reads, tried) else {
            return self.unknown_format(&format, span);
        };
        self.core_text(&core, values, span)
    }
}

/// Where each part stands among the pieces of the pattern.
#[derive(Debug, Default)]
struct Parts {
    /// The pieces, each without a group that counts.
    pieces: Vec<String>,
    year: Option<usize>,
    short_year: Option<usize>,
    month: Option<usize>,
    month_name: Option<usize>,
    day: Option<usize>,
    day_of_year: Option<usize>,
    hour: Option<usize>,
    half: Option<usize>,
    meridian: Option<usize>,
    minute: Option<usize>,
    second: Option<usize>,
    fraction: Option<usize>,
    epoch: Option<usize>,
    offset: Option<usize>,
}

fn core_of(format: &str, reads: Reads, tried: bool) -> Option<String> {
    let mut parts = Parts::read(&expanded(format), reads)?;
    parts.widths(tried)?;
    // Which of two parts that say the same is taken depends on more than the format.
    let one = |several: [bool; 2]| several.iter().filter(|has| **has).count() < 2;
    let fine = one([parts.year.is_some(), parts.short_year.is_some()])
        && one([parts.month.is_some(), parts.month_name.is_some()])
        && one([parts.hour.is_some(), parts.half.is_some()])
        && one([parts.hour.is_some(), parts.meridian.is_some()])
        && one([
            parts.day_of_year.is_some(),
            parts.month.is_some() || parts.month_name.is_some() || parts.day.is_some(),
        ])
        && (parts.half.is_some() == parts.meridian.is_some())
        && (parts.epoch.is_none() || parts.pieces.len() == 3);
    if !fine {
        return None;
    }
    let (none, raised) = reads.nothing();
    let whole = quoted(&format!("^{}$", parts.pieces.concat()));
    let (test, value) = parts.value(reads);
    let value = match (tried, test) {
        (true, Some(test)) => test.replace('@', &value),
        _ => value,
    };
    let other = if tried { none } else { raised };
    Some(format!(
        "CASE WHEN re2_matches($1, {whole}) THEN {value} WHEN $1 IS NOT NULL THEN {other} END"
    ))
}

/// A format with the tokens that stand for several ones written out.
fn expanded(format: &str) -> String {
    format
        .replace("%F", "%Y-%m-%d")
        .replace("%T", "%H:%M:%S")
        .replace("%R", "%H:%M")
        .replace("%D", "%m/%d/%y")
        .replace("%x", "%m/%d/%y")
}

impl Parts {
    fn read(format: &str, reads: Reads) -> Option<Self> {
        let mut parts = Self { pieces: vec![BLANK.to_owned()], ..Self::default() };
        let mut rest = format;
        while let Some(first) = rest.chars().next() {
            if first.is_ascii_whitespace() || first == '\u{b}' {
                rest = rest.get(1..)?;
                if parts.pieces.last().is_some_and(|last| last != BLANK) {
                    parts.pieces.push(BLANK.to_owned());
                }
                continue;
            }
            if first != '%' {
                let escaped = if first.is_ascii_alphanumeric() || !first.is_ascii() {
                    first.to_string()
                } else {
                    format!(
                        "[{}]",
                        if "^\\]".contains(first) {
                            format!("\\{first}")
                        } else {
                            first.to_string()
                        }
                    )
                };
                parts.pieces.push(escaped);
                rest = rest.get(first.len_utf8()..)?;
                continue;
            }
            let token = ["%E4Y", "%E*S", "%Ez"].into_iter().find(|token| rest.starts_with(token));
            let length = token.map_or(2, str::len);
            let token = rest.get(..length)?;
            rest = rest.get(length..)?;
            parts.token(token, reads)?;
        }
        if parts.pieces.last().is_some_and(|last| last != BLANK) {
            parts.pieces.push(BLANK.to_owned());
        }
        Some(parts)
    }

    fn token(&mut self, token: &str, reads: Reads) -> Option<()> {
        let next = self.pieces.len();
        let (date, clock) = (reads != Reads::Clock, reads != Reads::Date);
        let (slot, piece, known) = match token {
            "%Y" => (&mut self.year, "[0-9]{1,4}", date),
            "%E4Y" => (&mut self.year, "[0-9]{4}", date),
            "%y" => (&mut self.short_year, "[0-9]{1,2}", date),
            "%m" => (&mut self.month, "[0-9]{1,2}", date),
            "%b" | "%B" | "%h" => (&mut self.month_name, MONTHS, date),
            "%d" | "%e" => (&mut self.day, "[0-9]{1,2}", date),
            "%j" => (&mut self.day_of_year, "[0-9]{1,3}", date),
            "%H" => (&mut self.hour, "[0-9]{1,2}", clock),
            "%I" => (&mut self.half, "[0-9]{1,2}", clock),
            "%p" => (&mut self.meridian, "[AaPp][Mm]", clock),
            "%M" => (&mut self.minute, "[0-9]{1,2}", clock),
            "%S" => (&mut self.second, "[0-9]{1,2}", clock),
            "%s" => {
                (&mut self.epoch, "-?[0-9]{1,12}", matches!(reads, Reads::Moment | Reads::Instant))
            }
            "%z" => (&mut self.offset, "[+-][0-9]{4}", reads == Reads::Instant),
            "%Ez" => (&mut self.offset, "[+-][0-9]{2}:[0-9]{2}", reads == Reads::Instant),
            "%a" | "%A" if date => {
                self.pieces.push(format!("({DAYS})"));
                return Some(());
            }
            "%%" => {
                self.pieces.push("%".to_owned());
                return Some(());
            }
            "%E*S" if clock && self.second.is_none() => {
                self.second = Some(next);
                self.fraction = Some(next + 1);
                self.pieces.push("[0-9]{1,2}".to_owned());
                self.pieces.push("([.][0-9]{1,40})?".to_owned());
                return Some(());
            }
            _ => return None,
        };
        if !known || slot.is_some() {
            return None;
        }
        *slot = Some(next);
        let piece = if piece.contains('|') { format!("({piece})") } else { piece.to_owned() };
        self.pieces.push(piece);
        Some(())
    }

    /// Gives a number that another digit can follow all its digits: it is read before what follows
    /// it. Blanks between two numbers must be there behind fewer digits; where what cannot be read
    /// is an error, behind any.
    fn widths(&mut self, tried: bool) -> Option<()> {
        let digits = |piece: &str| piece.starts_with("[0-9]");
        for at in 1..self.pieces.len() {
            let (before, piece) = (self.pieces.get(at - 1)?.clone(), self.pieces.get(at)?.clone());
            if !digits(&before) {
                continue;
            }
            // Digits of the format itself: how many belong to the number is not known.
            if piece.starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            let whole = before.replace("{1,", "{");
            if digits(&piece) {
                *self.pieces.get_mut(at - 1)? = whole;
            } else if piece == BLANK && self.pieces.get(at + 1).is_some_and(|next| digits(next)) {
                let some = BLANK.replace('*', "+");
                // Four digits of a year are followed by no fifth one.
                if tried && self.year != Some(at - 1) {
                    *self.pieces.get_mut(at - 1)? = format!("({whole}{BLANK}|{before}{some})");
                    *self.pieces.get_mut(at)? = String::new();
                } else {
                    *self.pieces.get_mut(at)? = some;
                }
            }
        }
        Some(())
    }

    /// The text of one piece.
    fn taken(&self, index: usize) -> String {
        let pieces = self.pieces.iter().enumerate().map(|(at, piece)| {
            if at == index {
                let inner = piece.replace("([.][0-9]{1,40})?", "(?:[.][0-9]{1,40})?");
                format!("({})", uncounted(&inner))
            } else {
                uncounted(piece)
            }
        });
        format!("re2_extract($1, {}, 1)", quoted(&format!("^{}$", pieces.collect::<String>())))
    }

    fn number(&self, slot: Option<usize>, default: &str) -> String {
        slot.map_or_else(|| default.to_owned(), |at| format!("{}::int4", self.taken(at)))
    }

    /// The value, and a test of its parts around `@`, under which it can be computed.
    fn value(&self, reads: Reads) -> (Option<String>, String) {
        if let Some(epoch) = self.epoch {
            let seconds = format!("{}::int8", self.taken(epoch));
            let value = format!(
                "TIMESTAMP '1970-01-01 00:00:00' + ({seconds})::float8 * INTERVAL '1 second'"
            );
            // Years 1 to 9999.
            let test =
                format!("CASE WHEN {seconds} BETWEEN -62135596800 AND 253402300799 THEN @ END");
            return (Some(test), value);
        }
        let (date_test, date) = self.date();
        let (clock_test, clock) = self.clock();
        let zoned = |value: String| match self.offset {
            None => value,
            Some(at) => {
                let text = self.taken(at);
                let minutes = format!(
                    "(substring({text}, 2, 2)::int4 * 60 + right({text}, 2)::int4) * CASE WHEN substring({text}, 1, 1) = '-' THEN -1 ELSE 1 END"
                );
                format!("{value} - ({minutes})::float8 * INTERVAL '1 minute'")
            }
        };
        match reads {
            Reads::Date => (date_test, date),
            Reads::Clock => (clock_test, clock),
            // Which offsets can be read is not known for the least and greatest ones.
            Reads::Moment | Reads::Local | Reads::Instant => {
                let value = zoned(format!("({date} + {clock})"));
                let test = match (date_test, clock_test) {
                    (Some(date), Some(clock)) => Some(date.replace('@', &clock)),
                    (one, other) => one.or(other),
                };
                (test, value)
            }
        }
    }

    fn date(&self) -> (Option<String>, String) {
        let year = match (self.year, self.short_year) {
            (Some(_), _) => self.number(self.year, "1970"),
            (_, Some(at)) => {
                let short = format!("{}::int4", self.taken(at));
                format!("(CASE WHEN {short} < 69 THEN 2000 ELSE 1900 END + {short})")
            }
            _ => "1970".to_owned(),
        };
        if self.day_of_year.is_some() {
            let day = self.number(self.day_of_year, "1");
            let last = format!("(make_date({year} + 1, 1, 1) - make_date({year}, 1, 1))");
            let good = format!("{day} >= 1 AND {day} <= {last}");
            let value = format!(
                "make_date(CASE WHEN {good} THEN {year} ELSE 1 / ({day} * 0) END, 1, 1) + ({day} - 1)"
            );
            let test =
                format!("CASE WHEN {year} BETWEEN 1 AND 9998 THEN CASE WHEN {good} THEN @ END END");
            return (Some(test), value);
        }
        let month = match self.month_name {
            Some(at) => format!(
                "((strpos('janfebmaraprmayjunjulaugsepoctnovdec', lower(substring({}, 1, 3))) + 2) / 3)",
                self.taken(at)
            ),
            None => self.number(self.month, "1"),
        };
        let day = self.number(self.day, "1");
        let value = format!("make_date({year}, {month}, {day})");
        let last = format!(
            "extract(day FROM make_date({year}, {month}, 1) + INTERVAL '1 month' - INTERVAL '1 day')"
        );
        let test = format!(
            "CASE WHEN {year} >= 1 AND {month} BETWEEN 1 AND 12 AND {day} >= 1 THEN CASE WHEN {day} <= {last} THEN @ END END"
        );
        (Some(test), value)
    }

    fn clock(&self) -> (Option<String>, String) {
        if [self.hour, self.half, self.minute, self.second].iter().all(Option::is_none) {
            return (None, "make_time(0, 0, 0::float8)".to_owned());
        }
        let (hour, hours) = if let (Some(half), Some(meridian)) = (self.half, self.meridian) {
            let half = format!("{}::int4", self.taken(half));
            let late = format!("lower({}) = 'pm'", self.taken(meridian));
            let hour = format!("({half} % 12 + CASE WHEN {late} THEN 12 ELSE 0 END)");
            (hour, format!("{half} BETWEEN 1 AND 12"))
        } else {
            let hour = self.number(self.hour, "0");
            let test = format!("{hour} <= 23");
            (hour, test)
        };
        let minute = self.number(self.minute, "0");
        let second = match (self.second, self.fraction) {
            (Some(second), Some(fraction)) => format!(
                "({} || substring({}, 1, 7))::float8",
                self.taken(second),
                self.taken(fraction)
            ),
            (Some(second), None) => format!("{}::float8", self.taken(second)),
            _ => "0::float8".to_owned(),
        };
        let whole = self.number(self.second, "0");
        // A second of 60 begins the next minute there: an error here.
        let good = format!("{hours} AND {minute} <= 59 AND {whole} < 60");
        let value = format!(
            "make_time(CASE WHEN {good} THEN {hour} ELSE raise(length($1)) END, {minute}, {second})"
        );
        let test = format!("CASE WHEN {hours} AND {minute} <= 59 AND {whole} <= 60 THEN @ END");
        (Some(test), value)
    }
}

/// A pattern whose groups do not count.
fn uncounted(piece: &str) -> String {
    // A parenthesis of the format is a class of its own.
    if piece == "[(]" { piece.to_owned() } else { piece.replace("(?:", "(").replace('(', "(?:") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_patterns() {
        let parts = Parts::read("%Y-%m", Reads::Date).unwrap();
        assert_eq!(parts.pieces.get(1..4).unwrap(), ["[0-9]{1,4}", "[-]", "[0-9]{1,2}"]);
        assert!(parts.taken(3).contains("[-]([0-9]{1,2})"));
        let mut tight = Parts::read("%Y%m %d", Reads::Date).unwrap();
        assert!(tight.widths(true).is_some());
        assert_eq!(tight.pieces.get(1).unwrap(), "[0-9]{4}");
        assert!(tight.taken(2).contains("((?:[0-9]{2}["));
        for (format, reads) in [
            ("%Y %y", Reads::Date),
            ("%H:%M", Reads::Date),
            ("%Y", Reads::Clock),
            ("%I:%M", Reads::Moment),
            ("%H %p", Reads::Moment),
            ("%j %m", Reads::Date),
            ("%Q", Reads::Date),
            ("%z", Reads::Moment),
            ("%", Reads::Date),
        ] {
            assert!(core_of(format, reads, false).is_none(), "{format}");
        }
    }

    #[test]
    fn what_is_not_there_is_that_of_1970() {
        let core = core_of("%m", Reads::Date, false).unwrap();
        assert!(core.contains("make_date(1970, re2_extract("), "{core}");
        assert!(core_of("%Y", Reads::Date, true).unwrap().ends_with("THEN NULL::date END"));
    }
}
